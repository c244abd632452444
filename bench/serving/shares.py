"""What our server keeps of the rate of an empty one, what the prediction log costs, and what a second process brings."""

import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import front_ends
import ground
import lines
from load import load
from machine import busy

from lamplighter.domain.durability import Durability

ROUNDS = 5
SECONDS = 2.0
HERE = Path(__file__).parent


def rates(addresses: Sequence[str], bodies: Sequence[bytes], clients: int) -> list[float]:
    """The median rate of each server, loaded in turn in every round."""
    found: list[list[float]] = [[] for _ in addresses]
    for _ in range(ROUNDS):
        for place, address in enumerate(addresses):
            got = load(address, bodies, clients=clients, seconds=SECONDS, headers=ground.HEADERS)
            if got.failed:
                raise SystemExit(f"{got.failed} requests failed at {address}")
            found[place].append(got.rate)
    return [statistics.median(one) for one in found]


def shares(name: str, bodies: Sequence[bytes]) -> None:
    """Against the empty server, against an empty one of others, and against no log at all."""
    model, buffered = ground.trained(name), Durability.BUFFERED
    with ExitStack() as stack:
        ports = [stack.enter_context(front_ends.running(front)) for front in ("ours", "granian")]
        unlogged = stack.enter_context(ground.serving(model, program=(str(HERE / "unlogged.py"),)))
        ours = stack.enter_context(ground.serving(model, durability=buffered))
        durable = stack.enter_context(ground.serving(model))
        for clients in (16, 64):
            empty = [f"http://127.0.0.1:{port}/a" for port in ports]
            constant, other, without, kept, forced = rates(
                [*empty, unlogged.address, ours.address, durable.address], bodies, clients
            )
            for mode, rate in (("buffered", kept), ("durable", forced)):
                lines.line(f"empty_server_share_{clients}_{mode}_{name}", rate, "empty", constant, "requests/s")
                lines.line(f"empty_granian_{clients}_{mode}_{name}", rate, "granian", other, "requests/s")
                lines.line(f"log_cost_{clients}_{mode}_{name}", rate, "no_log", without, "requests/s")


def two_workers(name: str, bodies: Sequence[bytes]) -> None:
    """Two processes over one, beside what a second process brings to the empty server, and beside what is left to grow into:
    the load runs on the same cores, so that one process with its load may leave little of them idle."""
    model, buffered = ground.trained(name), Durability.BUFFERED
    with ExitStack() as stack:
        empty = [stack.enter_context(front_ends.running("ours", processes)) for processes in ("1", "2")]
        ours = [stack.enter_context(ground.serving(model, workers=workers, durability=buffered)) for workers in (1, 2)]
        addresses = [f"http://127.0.0.1:{port}/a" for port in empty] + [one.address for one in ours]
        alone, both, single, double = rates(addresses, bodies, 64)
        lines.line(f"two_workers_{name}", double, "one_worker", single, "requests/s")
        lines.line(f"two_workers_empty_{name}", both, "one_worker", alone, "requests/s")
        lines.line(f"two_workers_growth_{name}", double / single, "empty", both / alone, "times")
        lines.line(f"two_workers_room_{name}", double / single, "idle_cores", _room(addresses[2], bodies), "times")


def _room(address: str, bodies: Sequence[bytes]) -> float:
    """How many times the rate could grow if nothing of this machine were idle."""
    shares = []
    for _ in range(ROUNDS):
        with busy() as found:
            load(address, bodies, clients=64, seconds=SECONDS, headers=ground.HEADERS)
        shares.append(found.share)
    return 1 / statistics.median(shares)


def first_answer(name: str) -> None:
    """From the start of the process to the first answer, against the target of one second."""
    found = []
    for _ in range(ROUNDS):
        with ground.serving(ground.trained(name)) as ours:
            found.append(ours.first_answer)
    lines.line(f"start_to_first_answer_{name}", statistics.median(found), "target", 1.0, "s", lower_is_better=True)


def main(names: Sequence[str]) -> None:
    """Every figure for every model."""
    bodies = [ground.body([row]) for row in ground.rows(200)]
    for name in names:
        first_answer(name)
        shares(name, bodies)
        two_workers(name, bodies)


if __name__ == "__main__":
    main(sys.argv[1:] or ["hist_gradient_boosting", "logistic_regression"])
