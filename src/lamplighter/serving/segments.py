"""Files of frames that only grow, one writer each. A file that is full is followed by the next."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

#: A segment that would grow beyond this is closed and the next one begun.
LARGEST = 64 * 1024 * 1024
#: No room: the write is taken back, refused, and tried again with the next group.
_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
#: No file to begin: its directory is gone or closed to us, or no descriptor is left. Nothing was written, nothing is in doubt.
_NO_FILE = _NO_ROOM | {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EMFILE,
    errno.ENFILE,
}


class NoRoom(Exception):
    """Nothing of the group was kept."""


class Segments:
    """Appends groups of frames durably. After an error that is not lack of room, nothing more may be acknowledged."""

    def __init__(self, directory: Path, slot: int | str, started_at: int, largest: int = LARGEST) -> None:
        self._directory = directory
        self._prefix = f"{slot}-{started_at}"
        self._largest = largest
        self._sequence = 0
        self._file = -1
        self._path = directory
        self._end = 0

    def append(self, group: bytes) -> None:
        """Write the group and force it to the disk. Raises `NoRoom` with the reason and nothing kept, or `OSError` when the
        state of the disk is unknown and the process has to stop: a second fsync may report success for bytes that are
        lost."""
        if self._file < 0 or (self._end and self._end + len(group) > self._largest):
            self._begin()
        self._force(group)
        # Looked at behind the write: a folder that goes away at any time before takes no group with it.
        if not self.is_there:
            self._leave_out(group)
            self._begin()
            self._force(group)
            if not self.is_there:
                self._leave_out(group)
                raise NoRoom("the folder goes away again and again")

    @property
    def position(self) -> tuple[str, int]:
        """Name of the file that was written last, and the bytes in it."""
        return self._path.name, self._end

    @property
    def is_there(self) -> bool:
        """Whether the file that was written last still has its name, so that whoever reads the log finds it."""
        if self._file < 0:
            return True
        try:
            return os.path.samestat(os.fstat(self._file), os.stat(self._path))  # noqa: PTH116
        except OSError:
            return False

    def close(self) -> None:
        """Close the file; everything acknowledged is on the disk already."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _begin(self) -> None:
        try:
            self._next()
        except OSError as error:
            self._refuse(error, _NO_FILE)

    def _force(self, group: bytes) -> None:
        try:
            self._write(group)
            os.fdatasync(self._file)
        except OSError as error:
            self._refuse(error, _NO_ROOM)
        self._end += len(group)

    def _next(self) -> None:
        """Begin a segment. Its directory entry is forced out too, or the file could be missing after a power loss."""
        self.close()
        self._end = 0
        self._path = self._directory / f"{self._prefix}-{self._sequence:06d}.seg"
        self._sequence += 1
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _write(self, group: bytes) -> None:
        rest = memoryview(group)
        while rest:
            rest = rest[os.pwrite(self._file, rest, self._end + len(group) - len(rest)) :]

    def _refuse(self, error: OSError, harmless: frozenset[int]) -> NoReturn:
        """Refuse the group where the error leaves no doubt of what is on the disk; else the error is raised."""
        if error.errno not in harmless:
            raise error
        self._take_back()
        raise NoRoom(os.strerror(error.errno or 0)) from error

    def _leave_out(self, group: bytes) -> None:
        """Cut the last group off a file that has lost its name, so that nobody who finds it again finds the group twice."""
        self._end -= len(group)
        with suppress(OSError):
            os.ftruncate(self._file, self._end)

    def _take_back(self) -> None:
        """Cut the file behind the last whole frame; a file without one goes away."""
        if self._end:
            os.ftruncate(self._file, self._end)
        elif self._file >= 0:
            self.close()
            self._path.unlink(missing_ok=True)
