"""Accept a handover in processes that are killed at each thing that they write; print what stands there afterwards.

`python -m tests.lifecycle.killed_acceptance HOME KEY PERSON`. Each line is the state, who deploys, who rolls back, and whether
the journal says that it was accepted; the last one is that of a process that nobody killed.
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

from lamplighter.domain.events.handover import HandoverAccepted
from lamplighter.domain.identity import Actor
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle import handovers
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import read_settings

HOME, KEY, PERSON = sys.argv[1:]


def accepting(home: Path, place: int) -> bool:
    """Accept in a process of its own that is killed before it writes or commits for this time; whether it came so far."""
    child = os.fork()
    if child == 0:
        kit = Kit.open(read_settings({}, home=str(home)))
        seen = iter(range(place))

        def count(*what: Any) -> None:
            if not (len(what) > 2 and str(what[2]).startswith("SELECT")) and next(seen, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        with kit.store.reading() as look:
            person = look.people.find(email=PERSON)
        assert person is not None
        event.listen(kit.store.engine, "before_cursor_execute", count)
        event.listen(kit.store.engine, "commit", count)
        handovers.accept(kit, Actor(person=person, credential="test"), KEY)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def standing(home: Path) -> tuple[str, str, str, bool]:
    """What is there when the platform is opened again."""
    kit = Kit.open(read_settings({}, home=str(home)))
    with kit.store.reading() as look:
        found = look.handovers.find(id=KEY)
        assert found is not None
        duties = look.duties(look.project(found.model), kit.clock.now())
        said = any(isinstance(entry.event, HandoverAccepted) for entry in look.journal.after(0, 100_000))
        verified = look.journal.verify().verified
    kit.close()
    assert verified
    return found.state.value, duties.of(Duty.DEPLOY).holder, duties.of(Duty.ROLL_BACK).holder, said


def main() -> None:
    """One copy of the home for each time."""
    runs: list[tuple[str, str, str, bool]] = []
    killed = True
    while killed:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(shutil.copytree(HOME, Path(folder) / "home", ignore=shutil.ignore_patterns("*.sock", "serving")))
            killed = accepting(home, len(runs))
            runs.append(standing(home))
    sys.stdout.write(json.dumps(runs))


main()
