"""The power fails at any moment: what was acknowledged is in the log, whole and once."""

import sys
from pathlib import Path

import pytest
from tests.power.loss import Disk, State, losses
from tests.power.traced import has_strace, traced

from lamplighter.domain.prediction import frames

#: Keeps one record after another in segments that are soon full; `os.fsync` or `os.fdatasync` may be one that does nothing.
WRITER = """
import os, sys
from pathlib import Path
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.route import Arm
from lamplighter.serving.segments import Segments

if len(sys.argv) > 2:
    setattr(os, sys.argv[2], lambda descriptor: None)
segments = Segments(Path(sys.argv[1]), 0, 1, largest=8_000)
for number in range(60):
    one = Scored(
        request=str(number), model="m", number=1, digest="d", arm=Arm.CHAMPION, consumer="c", at=number, event_at=number,
        duration=1, columns={"text": ["x" * 700]}, scores=[0.5],
    )
    segments.append(frame(one))
    print(number, flush=True)
"""


def states(folder: Path, *forgotten: str) -> list[State]:
    """What the folder of the log may hold."""
    segments = folder / "segments"
    segments.mkdir()
    disk = Disk(segments)
    calls = traced([sys.executable, "-c", WRITER, str(segments), *forgotten], folder / "trace")
    return list(losses(calls, disk, seed=1))


def kept(state: State) -> list[bytes]:
    """The requests whose records are found, as the log is read: up to the first damage of each file."""
    return [scored.request.encode() for content in state.files.values() for scored, _ in frames(content)]


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
def test_no_acknowledged_record_is_lost_or_doubled(tmp_path: Path) -> None:
    found = states(tmp_path)
    assert len(found) > 300
    assert len(found[-1].printed) == 60
    for state in found:
        assert set(state.printed) <= set(kept(state))
        assert len(set(kept(state))) == len(kept(state))


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
@pytest.mark.parametrize("forgotten", ["fsync", "fdatasync"])
def test_what_is_not_forced_out_would_be_missed(tmp_path: Path, forgotten: str) -> None:
    assert any(not set(state.printed) <= set(kept(state)) for state in states(tmp_path, forgotten))
