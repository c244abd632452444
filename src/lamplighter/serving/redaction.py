"""What of a request's inputs is written down. Nothing else of them reaches the disk."""

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain.log import Log, Redaction

_log = logging.getLogger(__name__)
#: The secret of the hashes, in the directory of the environment.
KEY = "redaction.key"
_LENGTH = 32
_EVERYTHING = Log()

Columns = Mapping[str, Sequence[Any]]


class Redactor:
    """Applies what one model's route says of the log."""

    def __init__(self, log: Log = _EVERYTHING, key: bytes = b"") -> None:
        self._sample = log.sample
        self._redact = dict(log.redact)
        self._key = key
        #: Names of the columns that are not written down as they are.
        self.redacted = tuple(self._redact)
        #: Whether columns are always written down as they are.
        self.keeps_all = not self._redact and self._sample >= 1.0

    def kept(self, request: str, columns: Columns) -> Columns:
        """The columns as they are written down; none for a request outside the sample. The same for every arm of a request."""
        if self._sample < 1.0 and not self._is_sampled(request):
            return {}
        if not self._redact:
            return columns
        return {name: found for name, values in columns.items() if (found := self._column(name, values)) is not None}

    def _is_sampled(self, request: str) -> bool:
        digest = hashlib.blake2b(request.encode(), digest_size=8, person=b"lamp-log-sample").digest()
        return int.from_bytes(digest, "big") < self._sample * 2**64

    def _column(self, name: str, values: Sequence[Any]) -> Sequence[Any] | None:
        match self._redact.get(name):
            case None:
                return values
            case Redaction.DROP:
                return None
            case Redaction.HASH:
                return [None if value is None else self._hash(name, value) for value in values]

    def _hash(self, name: str, value: Any) -> str:
        """Keyed BLAKE2b of column and value (RFC 7693), 128 bits."""
        return hashlib.blake2b(msgspec.json.encode((name, value)), digest_size=16, key=self._key).hexdigest()


def redaction_key(directory: Path) -> bytes:
    """The secret of an environment, made when it is first asked for. One that cannot be kept lasts as long as the process:
    equal values of two processes are then not seen to be equal, and nothing is revealed."""
    path = directory / KEY
    fresh = os.urandom(_LENGTH)
    try:
        if not path.exists():
            _make(path, fresh)
        found = path.read_bytes()
    except OSError as error:
        _log.warning("the secret of redacted columns could not be kept, errno %s", error.errno)
        return fresh
    if len(found) != _LENGTH:
        _log.warning("the secret of redacted columns is damaged and not used")
        return fresh
    return found


def _make(path: Path, content: bytes) -> None:
    """Appears as a whole, and once: the first of several processes gives the secret to all."""
    temporary = path.with_name(f".{KEY}.{os.getpid()}")
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
