"""The power fails at any moment: a change that was acknowledged is in the database with its event, and nothing is damaged."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.power.loss import Disk, losses
from tests.power.traced import has_strace, traced

from lamplighter.store.transaction import Store

#: Keeps a team and its event in each transaction, and writes what has been kept over into the database itself every few pages.
WRITER = """
import os, sys
from sqlalchemy import event
from lamplighter.domain.events.identity import TeamSaved
from lamplighter.domain.identity import PLATFORM, Team
from lamplighter.store.transaction import Store

store = Store(sys.argv[1])
store.close()

@event.listens_for(store.engine, "connect")
def prepare(connection, _):
    connection.execute("PRAGMA wal_autocheckpoint=30")
    connection.execute(f"PRAGMA synchronous={sys.argv[2]}")

for number in range(25):
    team = Team(name=f"@team-{number:06}", members=("ivo@example.com",) * 30)
    with store.transaction() as change:
        change.journal.append(TeamSaved(team=team.name), PLATFORM, at=number)
        change.teams.add(team)
    print(number, flush=True)
os._exit(0)
"""


class Found(NamedTuple):
    """What a database holds that was opened after the loss."""

    whole: bool
    teams: int
    events: int
    acknowledged: int


def found(folder: Path, synchronous: str) -> Iterator[Found]:
    """What is found after each loss."""
    home = folder / "home"
    home.mkdir()
    Store(f"sqlite:///{home / 'lamp.db'}").close()
    disk = Disk(home)
    calls = traced([sys.executable, "-c", WRITER, f"sqlite:///{home / 'lamp.db'}", synchronous], folder / "trace")
    for state in losses(calls, disk, seed=1):
        again = folder / "again"
        again.mkdir()
        for path, content in state.files.items():
            # What processes share is memory that is made anew.
            if not path.name.endswith("-shm"):
                (again / path.name).write_bytes(content)
        yield opened(again / "lamp.db", len(state.printed))
        shutil.rmtree(again)


def opened(path: Path, acknowledged: int) -> Found:
    database = sqlite3.connect(path)
    try:
        whole = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        teams, events = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("teams", "journal")]
    except sqlite3.DatabaseError:
        return Found(whole=False, teams=0, events=0, acknowledged=acknowledged)
    finally:
        database.close()
    return Found(whole, teams, events, acknowledged)


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
def test_no_acknowledged_change_is_lost_and_none_is_there_by_halves(tmp_path: Path) -> None:
    states = list(found(tmp_path, "FULL"))
    assert len(states) > 300
    assert states[-1].acknowledged == 25
    for state in states:
        assert state.whole
        assert state.teams == state.events >= state.acknowledged


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
def test_less_care_would_lose_what_was_acknowledged_and_then_the_database(tmp_path: Path) -> None:
    for less in ("normal", "off"):
        (tmp_path / less).mkdir()
    assert any(state.teams < state.acknowledged for state in found(tmp_path / "normal", "NORMAL"))
    assert any(not state.whole for state in found(tmp_path / "off", "OFF"))
