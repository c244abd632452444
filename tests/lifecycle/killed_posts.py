"""Post the digests of a home in processes that are killed at each thing that they write; print what stands there afterwards.

`python -m tests.lifecycle.killed_posts HOME NOW`, the time in microseconds since the epoch.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lamplighter.domain.events.notification import DigestPosted
from lamplighter.lifecycle import weekly
from lamplighter.lifecycle.clock import Clock
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import read_settings


class StoppedClock(Clock):
    """A clock that always says the same."""

    def now(self) -> int:
        """Microseconds since the epoch, UTC."""
        return int(sys.argv[2])


def posting(home: Path, place: int) -> bool:
    """Post in a process of its own that is killed before it writes or commits for this time; whether it came so far."""
    child = os.fork()
    if child == 0:
        kit = Kit.open(read_settings({}, home=str(home)), StoppedClock())
        seen = iter(range(place))

        def count(*what: Any) -> None:
            if not (len(what) > 2 and str(what[2]).startswith("SELECT")) and next(seen, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(kit.store.engine, "before_cursor_execute", count)
        event.listen(kit.store.engine, "commit", count)
        weekly.post(kit)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def standing(home: Path) -> dict[str, list[str]]:
    """Post again; who was written down as told then, and for whom a message waits."""
    kit = Kit.open(read_settings({}, home=str(home)), StoppedClock())
    weekly.post(kit)
    with kit.store.reading() as look:
        posted = [entry.event.person for entry in look.journal.after(0, 100_000) if isinstance(entry.event, DigestPosted)]
        waiting = [notice.person for _, notice in look.notices.due(int(sys.argv[2]))]
    kit.close()
    return {"posted": sorted(posted), "waiting": sorted(waiting)}


def main() -> None:
    """One copy of the home for each time."""
    found = []
    for place in range(10_000):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(shutil.copytree(sys.argv[1], Path(folder) / "home"))
            killed = posting(home, place)
            if not killed:
                break
            found.append({"killed": killed, **standing(home)})
    sys.stdout.write(json.dumps(found))


main()
