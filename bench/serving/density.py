"""A hundred small compiled models in one process: memory, time to load, and the rate over all of them against one alone."""

import statistics
import time
from pathlib import Path

import ground
import lines
from load import load
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

from lamplighter.domain.durability import Durability
from lamplighter.domain.route import ModelRoute

COUNT = 100
ROUNDS = 5


def small() -> ground.Trained:
    """A model of 20 trees; every one of the hundred is made of its own bytes."""
    ground.ESTIMATORS["small"] = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    return ground.trained("small")


def megabytes(pid: int) -> float:
    """Memory that the processes of the group hold, each share counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_share(one) for one in (str(pid), *children))


def _share(pid: str) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def main() -> None:
    """Print the lines."""
    bodies = [ground.body([row]) for row in ground.rows(200)]
    model = small()
    names = [f"bench-{number}" for number in range(COUNT)]
    buffered = Durability.BUFFERED
    versions = ground.copies(model, names)
    more = [ModelRoute(model=name, champion=served, durability=buffered) for name, served in zip(names, versions, strict=True)]
    with ground.serving(model, durability=buffered) as one, ground.serving(model, further=more, durability=buffered) as many:
        started = many.first_answer - one.first_answer
        pairs = []
        for _ in range(ROUNDS):
            pair = [load(server.address, bodies, clients=64, seconds=2, headers=ground.HEADERS).rate for server in (many, one)]
            pairs.append(pair)
        everywhere = [many.address.replace(f"/m/{ground.MODEL}/", f"/m/{name}/") for name in names]
        for address in everywhere:
            ground.wait(address, bodies[0], ground.HEADERS, time.monotonic())
        lines.line("density_100_models_memory", megabytes(many.pid), "target", 150, "MB", lower_is_better=True)
        lines.line("density_100_models_load", started, "target", 1.0, "s", lower_is_better=True)
        mine, alone = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
        lines.line("density_100_models_rate", mine, "one_model", alone, "requests/s")


if __name__ == "__main__":
    main()
