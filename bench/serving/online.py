"""Online scoring against the servers people use: the same model, the same rows, one process each, turn by turn.

`online.py [PEER ...]` compares with some. Each figure is the median of the rounds, and in every round the two servers are
loaded one after the other while both run, so that a slow moment of the machine meets both. Ours keeps its log, buffered
unless the line says durable; the others keep none.
"""

import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple

import front_ends
import ground
import lines
import rivals
from load import Load, load

from lamplighter.domain.durability import Durability

ROUNDS = 5


class Work(NamedTuple):
    """One kind of load."""

    name: str
    rows: int
    clients: int
    seconds: float


#: What is measured against the service that is written by hand, and against everybody else.
BY_HAND = (Work("one_row_64", 1, 64, 3), Work("one_row_1", 1, 1, 2), Work("hundred_rows_1", 100, 1, 2))
DURABLE = (Work("durable_64", 1, 64, 3), Work("durable_1", 1, 1, 2))
OTHERS = (Work("one_row_64", 1, 64, 3),)


def compare(
    peer: str, model: ground.Trained, works: Sequence[Work], suffix: str = "", durability: Durability = Durability.BUFFERED
) -> None:
    """Print the lines of one peer."""
    records = ground.rows(200)
    rival, port = rivals.RIVALS[peer], ground.free_port()
    with rivals.running(peer, model.pickled, port, records), ground.serving(model, durability=durability) as ours:
        address = f"http://127.0.0.1:{port}{rival.path}"
        for work in works:
            groups = [records[start : start + work.rows] for start in range(0, len(records), work.rows)]
            mine, theirs = [ground.body(group) for group in groups], [rival.body(group) for group in groups]
            pairs = [
                (
                    load(ours.address, mine, clients=work.clients, seconds=work.seconds, headers=ground.HEADERS),
                    load(address, theirs, clients=work.clients, seconds=work.seconds),
                )
                for _ in range(ROUNDS)
            ]
            _print(f"{work.name}_{peer}{suffix}", peer, pairs)


def bound(model: ground.Trained) -> None:
    """What a server that does nothing reaches over the service that is written by hand: more is not to be had in front of any
    model on this machine."""
    records = ground.rows(200)
    rival, port, bodies = rivals.RIVALS["fastapi"], ground.free_port(), [ground.body([row]) for row in records]
    theirs = [rival.body([row]) for row in records]
    with rivals.running("fastapi", model.pickled, port, records), front_ends.running("ours") as empty:
        pairs = [
            (
                load(f"http://127.0.0.1:{empty}/a", bodies, clients=64, seconds=3, headers=ground.HEADERS),
                load(f"http://127.0.0.1:{port}{rival.path}", theirs, clients=64, seconds=3),
            )
            for _ in range(ROUNDS)
        ]
    _print(f"empty_server_64_fastapi_{model.name}", "fastapi", pairs)


def _print(name: str, peer: str, pairs: Sequence[tuple[Load, Load]]) -> None:
    failed = sum(ours.failed for ours, _ in pairs)
    if failed:
        raise SystemExit(f"{name}: {failed} requests of ours failed")
    ours, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
    if not theirs:
        print(f"{name}: {peer} answered nobody in most rounds, so there is no ratio", file=sys.stderr)
        return
    lines.line(name, ours, peer, theirs, "requests/s")
    ours, theirs = (statistics.median(pair[side].p99 for pair in pairs) for side in (0, 1))
    lines.line(f"{name}_p99", ours, peer, theirs, "ms", lower_is_better=True)


def main(peers: Sequence[str]) -> None:
    """Every peer with gradient boosting; the service written by hand with the other models and the logs too."""
    boosting = ground.trained("hist_gradient_boosting")
    for peer in peers:
        compare(peer, boosting, BY_HAND if peer == "fastapi" else OTHERS)
    if "fastapi" in peers:
        compare("fastapi", boosting, DURABLE, durability=Durability.DURABLE)
        for name in ("logistic_regression", "random_forest"):
            compare("fastapi", ground.trained(name), BY_HAND, f"_{name}")
        bound(ground.trained("logistic_regression"))


if __name__ == "__main__":
    main(sys.argv[1:] or list(rivals.RIVALS))
