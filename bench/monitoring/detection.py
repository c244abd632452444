"""Seconds from a fault of a running platform to the incident about it: failing, slow and absent answers; limit ten seconds.

Failures and slowness are injected where serving would write them down: records are appended to a segment of the environment.
Absence is injected by killing its processes.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from lines import line
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from lamplighter import Build
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.project_file import project_from
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings

LIMIT = 10.0
MODEL, PLACE = "watched", "dev"


def registered(platform: Platform) -> Version:
    """A small model that is live in the first environment."""
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"delay": random.normal(5.0, 3.0, 1200), "load": random.uniform(0.0, 1.0, 1200)})
    late = pd.Series((rows["delay"] > 5.0).astype(int), name="late")
    owner = platform.whoami().email
    stages = ("design", "industrialization", "deployment", "monitoring", "management")
    impact = {"customers": False, "loss": "small", "reversible": True, "automated": False, "updates": "monthly"}
    described = {
        "model": {"name": MODEL},
        "owners": dict.fromkeys(stages, owner),
        "impact": impact,
        "monitor": {"p95_ms": 50.0},
    }
    build = Build(model=LogisticRegression().fit(rows, late), sample=rows, labels=late)
    version = release(platform, project_from(described), build)
    bring_live(platform, version, PLACE, wait=60.0)
    return version


def write(settings: Settings, version: Version, name: str, *, failure: str = "", duration: int = 400) -> None:
    """A hundred records of this moment, as serving writes them."""
    now = time.time_ns() // 1000
    scores = [] if failure else [0.5]
    records = [
        Scored(
            request=f"{name}{place}", model=MODEL, number=version.number, digest=version.digest, arm=Arm.CHAMPION,
            consumer="bench", at=now, event_at=now, duration=duration, columns={}, scores=scores, failure=failure, rows=1,
        )
        for place in range(100)
    ]  # fmt: skip
    with (settings.serving / PLACE / "segments" / f"9-1-{name}.seg").open("ab") as file:
        file.write(b"".join(map(frame, records)))


def kill(settings: Settings) -> None:
    """End the whole group without a word."""
    os.killpg(int((settings.serving / PLACE / "serving.pid").read_text()), signal.SIGKILL)


def measured(platform: Platform, measure: str, fault: Callable[[], None]) -> bool:
    """Inject the fault and wait for its incident; prints the line, and says whether it came in time."""
    start = time.monotonic()
    fault()
    while not any(incident.finding.measure == measure for incident in platform.incidents(MODEL)):
        if time.monotonic() - start > 6 * LIMIT:
            break
        time.sleep(0.02)
    return line(f"detection-{measure}", time.monotonic() - start, "limit", LIMIT, "s", lower_is_better=True) >= 1.0


def main() -> int:
    """One fault after the other on one platform."""
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({}, home=home, port=19_070, serving_port=19_071)
        (Path(home) / "config.toml").write_text("port = 19070\nserving_port = 19071\n")
        local.start(settings, wait=60.0)
        try:
            platform = remote(settings.url, local_token(settings), timeout=60.0)
            version = registered(platform)
            fine = [
                measured(platform, "failures", lambda: write(settings, version, "failing", failure="model-failed: It raised.")),
                measured(platform, "latency", lambda: write(settings, version, "slow", duration=400_000)),
                measured(platform, "unavailable", lambda: kill(settings)),
            ]
            platform.close()
        finally:
            local.stop(settings)
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
