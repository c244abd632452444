"""A process that dies in the middle of many transactions: what was acknowledged is there, and nothing by halves."""

import signal
import subprocess
import sys

from lamplighter.domain.events.identity import TeamSaved
from lamplighter.domain.journal import Verification
from lamplighter.store.transaction import Store

#: Says "begun" between the two writes of each transaction and "kept" once it is over.
WRITER = """
import sys
from lamplighter.domain.events.identity import TeamSaved
from lamplighter.domain.identity import PLATFORM, Team
from lamplighter.store.transaction import Store

store = Store(sys.argv[1])
for number in range(int(sys.argv[2]), 1_000_000):
    team = Team(name=f"@team-{number:06}", members=("ivo@example.com",) * 200)
    with store.transaction() as change:
        change.journal.append(TeamSaved(team=team.name), PLATFORM, at=number)
        print("begun", team.name, flush=True)
        change.teams.add(team)
    print("kept", team.name, flush=True)
"""


def until_killed(url: str, first: int, lines: int) -> list[tuple[str, str]]:
    """What a writing process says until it is killed, so many lines after its start."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, url, str(first)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    words = [line.split() for line in said if line.endswith("\n")]
    return [(word, name) for word, name in words]


def test_every_acknowledged_change_survives_a_kill_with_its_event(url: str) -> None:
    kept: set[str] = set()
    begun: set[str] = set()
    for round_, lines in enumerate((31, 20)):
        said = until_killed(url, round_ * 100_000, lines)
        kept |= {name for word, name in said if word == "kept"}
        begun |= {name for word, name in said if word == "begun"}
        store = Store(url)
        with store.reading() as look:
            teams = [team.name for team in look.teams.all()]
            events = [entry.event for entry in look.journal.after(0, limit=1_000_000)]
            found = look.journal.verify()
        store.close()
        assert len(kept) >= 10 * (round_ + 1)
        assert kept <= set(teams) <= begun
        assert events == [TeamSaved(team=name) for name in teams]
        assert found == Verification(entries=len(teams), verified=True, head=found.head)
