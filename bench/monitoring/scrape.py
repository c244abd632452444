"""What one look of Prometheus at the control plane costs: 1,000 live models of 20 inputs, 13 windows each; limit one second."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.exposition import generate_latest
from sqlalchemy import insert

from lamplighter.api.metrics import Collected
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.monitor import Reading
from lamplighter.domain.project_file import project_from
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings
from lamplighter.store import schema
from lamplighter.views.metrics import samples

MODELS, INPUTS, WINDOWS = 1000, 20, 13
LIMIT = 1.0
RUNS = 5
DAY = 86_400_000_000


def readings(model: str) -> Iterator[Reading]:
    """Figures of every window of a model."""
    figures = [("drift", "jensen_shannon", f"input_{place}") for place in range(INPUTS)]
    figures += [("completeness", "missing", f"input_{place}") for place in range(INPUTS)]
    figures += [("drift", "jensen_shannon", "@prediction"), ("quality", "brier", ""), ("estimate", "auc", "")]
    for window in range(WINDOWS):
        start = window * 7 * DAY
        for aspect, measure, column in figures:
            yield Reading(
                model=model,
                environment="prod",
                number=1,
                aspect=aspect,
                measure=measure,
                column=column,
                start=start,
                end=start + 7 * DAY,
                value=0.1,
                low=0.08,
                high=0.12,
                count=5000,
                limit=0.2,
            )


def fill(kit: Kit) -> None:
    """Write the models."""
    owners = dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), "@it-ops")
    with kit.store.transaction() as change:
        change.environments.put(Environment(name="prod", level=Level.PRODUCTION, port=17083))
        for number in range(MODELS):
            name = f"model-{number:04d}"
            change.projects.put(project_from({"model": {"name": name}, "owners": owners}))
            change.routings.add(Routing(model=name, environment="prod", champion=Served(number=1, digest="a" * 64), revision=1))
            rows = [{**change.readings.columns(one), "body": canonical(one).decode()} for one in readings(name)]
            change.connection.execute(insert(schema.readings), rows)


def seconds(kit: Kit) -> float:
    """The time for one page from the database to the last byte."""
    start = time.perf_counter()
    with kit.store.reading() as look:
        made = generate_latest(
            Collected(samples(look, policy=kit.policy, now=time.time_ns() // 1000, allowed=kit.settings.false_alarms))
        )
    assert made.count(b"lamp_input_drift{") == MODELS * INPUTS
    return time.perf_counter() - start


def main() -> int:
    """Print the line; 1 if the limit is crossed."""
    with tempfile.TemporaryDirectory() as folder:
        kit = Kit.open(Settings(home=str(Path(folder) / "home")))
        fill(kit)
        seconds(kit)
        ours = statistics.median(seconds(kit) for _ in range(RUNS))
        kit.close()
    print(f"bench scrape-1000-models ours={ours:.3f} limit={LIMIT:.3f} ratio={ours / LIMIT:.2f} unit=s", flush=True)
    return int(ours > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
