"""The prediction log on a disk that is sound, full, or full for a while."""

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.serving.groundwork import MODEL, Ground, let_through, streaming, until

from lamplighter.domain.prediction import Scored, frame, frames
from lamplighter.domain.route import Arm, ModelRoute
from lamplighter.serving.recorder import Recorder
from lamplighter.serving.segments import NoRoom, Segments


def record(name: str, size: int = 10) -> bytes:
    return frame(
        Scored(
            request=name,
            model=MODEL,
            number=1,
            digest="0" * 64,
            arm=Arm.CHAMPION,
            consumer="test",
            at=1,
            event_at=1,
            duration=1,
            columns={"a": ["x" * size]},
            scores=[0.5],
        )
    )


def names(directory: Path) -> list[str]:
    """Ids in all segments, in the order of their names; fails if a segment ends with half a frame."""
    found = []
    for path in sorted(directory.glob("*.seg")):
        content = path.read_bytes()
        records = list(frames(content))
        assert (records[-1][1] if records else 0) == len(content)
        found += [one.request for one, _ in records]
    return found


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow beyond the size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def descriptors(left: int) -> Iterator[None]:
    """This process can open so many files and no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (held[0] + 64, hard))
    try:
        with suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(left):
            os.close(held.pop())
        yield
    finally:
        for file in held:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_segments_are_named_after_slot_start_and_sequence_and_rotated(tmp_path: Path) -> None:
    segments = Segments(tmp_path, slot=3, started_at=1234, largest=1000)
    for number in range(20):
        segments.append(record(f"r{number}", 200))
    segments.append(record("huge", 5000))
    segments.append(record("last"))
    segments.close()
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == [f"3-1234-{number:06d}.seg" for number in range(len(paths))]
    assert all(path.stat().st_size <= 1000 for path in paths[:-2])
    assert names(tmp_path) == [*(f"r{number}" for number in range(20)), "huge", "last"]


def test_a_short_write_is_taken_back_and_the_next_one_goes_on(tmp_path: Path) -> None:
    segments = Segments(tmp_path, slot=0, started_at=1)
    segments.append(record("one", 1000))
    with largest_file(3000):
        with pytest.raises(NoRoom):
            segments.append(record("two", 5000))
        assert names(tmp_path) == ["one"]
        segments.append(record("three", 1000))
        with pytest.raises(NoRoom):
            segments.append(record("four", 5000))
    segments.append(record("five", 5000))
    segments.close()
    assert names(tmp_path) == ["one", "three", "five"]


def test_a_first_write_without_room_leaves_no_file(tmp_path: Path) -> None:
    segments = Segments(tmp_path, slot=0, started_at=1)
    with largest_file(100), pytest.raises(NoRoom):
        segments.append(record("one", 5000))
    assert list(tmp_path.iterdir()) == []
    segments.append(record("two"))
    segments.close()
    assert names(tmp_path) == ["two"]


def test_any_other_error_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    segments = Segments(tmp_path / "loop", slot=0, started_at=1)
    with pytest.raises(OSError, match="symbolic links"):
        segments.append(record("one"))


def test_a_file_that_cannot_be_begun_is_no_reason_to_end(tmp_path: Path) -> None:
    place, away = tmp_path / "segments", tmp_path / "away"
    place.mkdir()
    segments = Segments(place, slot=0, started_at=1, largest=100)
    segments.append(record("one"))
    place.rename(away)
    for _ in range(2):
        with pytest.raises(NoRoom, match="No such file or directory"):
            segments.append(record("two"))
    away.rename(place)
    segments.append(record("three"))
    # The file before gives its descriptor back, so that the first of these fails between the file and its directory.
    for left in (0, 0, 1):
        with descriptors(left), pytest.raises(NoRoom, match="Too many open files"):
            segments.append(record("four"))
    with descriptors(2):
        segments.append(record("five"))
    segments.close()
    assert names(place) == ["one", "three", "five"]
    assert all(path.stat().st_size for path in place.iterdir())


def test_a_log_without_its_directory_is_told_and_comes_back(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    place, away = ground.directory / "segments", ground.directory / "away"
    with ground.serving():
        until(lambda: ground.adopted(revision))
        pid = ground.reports()[0].pid
        place.rename(away)
        status, body, headers = ground.caller().post(f"/m/{MODEL}/invocations", {"instances": [[5.0, 1000, "UA"]]})
        assert (status, body["type"].rpartition("/")[2], headers["Retry-After"]) == (503, "log-unavailable", "2")
        away.rename(place)
        assert ground.caller().infer(Lamp_Request_Id="after")[0] == 200
        assert [report.pid for report in ground.reports()] == [pid]
    assert [record.request for record in ground.scored()] == ["after"]


def test_what_follows_in_a_file_that_has_lost_its_name_goes_where_it_is_found(tmp_path: Path) -> None:
    place, away = tmp_path / "segments", tmp_path / "away"
    place.mkdir()
    segments = Segments(place, slot=0, started_at=1)
    segments.append(record("one"))
    place.rename(away)
    with pytest.raises(NoRoom, match="No such file or directory"):
        segments.append(record("refused"))
    away.rename(place)
    segments.append(record("two"))
    place.rename(away)
    place.mkdir()
    segments.append(record("three"))
    next(place.iterdir()).unlink()
    segments.append(record("four"))
    segments.close()
    assert (names(away), names(place)) == (["one", "two"], ["four"])


def test_whatever_becomes_of_the_folder_what_is_acknowledged_can_be_found(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    place = ground.directory / "segments"
    with ground.serving(2), streaming(ground, 4) as streams:
        for turn in range(10):
            let_through(streams, 50)
            place.rename(ground.directory / f"away{turn}")
            if turn % 2:
                refused = sum(stream.failed.count("503") for stream in streams)
                until(lambda refused=refused: sum(one.failed.count("503") for one in streams) > refused + 4)  # type: ignore[misc]
            place.mkdir()
        let_through(streams, 50)
        pids = [report.pid for report in ground.reports()]
    assert {name for stream in streams for name in stream.failed} == {"503"}
    folders = [place, *ground.directory.glob("away*")]
    found = [name for folder in folders for name in names(folder)]
    assert len(found) == len(set(found))
    assert {name for stream in streams for name in stream.acknowledged} == set(found)
    assert len(pids) == 2


def test_groups_are_written_in_order_and_everyone_is_told(tmp_path: Path) -> None:
    async def run() -> list[bool]:
        recorder = Recorder(Segments(tmp_path, slot=0, started_at=1), asyncio.get_running_loop())
        waiters = [recorder.submit(record(f"r{number}")) for number in range(500)]
        recorder.leave(record("nobody-waits"))
        told = await asyncio.gather(*waiters)
        await asyncio.to_thread(recorder.close)
        return told

    assert asyncio.run(run()) == [True] * 500
    assert names(tmp_path) == [*(f"r{number}" for number in range(500)), "nobody-waits"]


def test_what_is_queued_is_written_before_the_end(tmp_path: Path) -> None:
    async def run() -> None:
        recorder = Recorder(Segments(tmp_path, slot=0, started_at=1), asyncio.get_running_loop())
        for number in range(100):
            recorder.leave(record(f"r{number}"))
        recorder.close()

    asyncio.run(run())
    assert len(names(tmp_path)) == 100


def test_waiters_learn_that_there_was_no_room(tmp_path: Path) -> None:
    async def run() -> tuple[bool, bool]:
        recorder = Recorder(Segments(tmp_path, slot=0, started_at=1), asyncio.get_running_loop())
        with largest_file(100):
            refused = await recorder.submit(record("one", 5000))
        kept = await recorder.submit(record("two", 5000))
        await asyncio.to_thread(recorder.close)
        return refused, kept

    assert asyncio.run(run()) == (False, True)
    assert names(tmp_path) == ["two"]


#: Mounts a small disk over the segments in a name space of its own, then runs the rest of the command.
SMALL_DISK = ("unshare", "-Urm", "sh", "-c", 'mount -t tmpfs -o size=256k none "$0" && exec "$@"')


def can_mount(directory: Path) -> bool:
    try:
        return subprocess.run([*SMALL_DISK, str(directory), "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def test_a_full_disk_refuses_loses_nothing_and_recovers(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    segments = ground.directory / "segments"
    segments.mkdir()
    if not can_mount(segments):
        pytest.skip("no name space with a file system of its own here")
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving(1, (*SMALL_DISK, str(segments))):
        until(lambda: ground.adopted(1))
        inside = Path(f"/proc/{ground.reports()[0].pid}/root{segments}")
        ballast = inside / "ballast"
        ballast.write_bytes(b"x" * 200_000)
        caller = ground.caller()
        with streaming(ground, 2) as streams:
            until(lambda: any(stream.failed for stream in streams))
            status, body, headers = caller.infer(400)
            assert (status, "Retry-After" in headers, list(body)) == (503, True, ["error"])
            assert caller.get("/livez")[0] == 200
            assert {name for stream in streams for name in stream.failed} == {"503"}
            ballast.unlink()
            let_through(streams, 1)
        acknowledged = {name for stream in streams for name in stream.acknowledged}
        kept = names(inside)
        assert acknowledged <= set(kept)
        assert len(kept) == len(set(kept))
        assert os.getpid() != ground.reports()[0].pid
