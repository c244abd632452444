"""Artifacts in a bucket of S3, or of any server that speaks its protocol. Needs `lamplighter[s3]`.

The bucket is where they are kept; the disk holds copies that serving reads, so that what answers once never needs the bucket
again. Keys, region and address of the server come from the variables `AWS_...` that every tool of S3 reads.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from lamplighter.artifacts.base import Disk, Held, not_there, wrong_digest
from lamplighter.domain.errors import Invalid, NotFound, Unavailable
from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import address

#: An object of ours that is written once, by whoever is first: who can write it again has a server that keeps no promise.
_PROOF = ".create-only"
#: Bytes that are read at once.
_CHUNK = 1 << 20
#: A request that takes longer has failed, so that nobody waits for a server that is away.
_CONNECTING, _ASKING = timedelta(seconds=2), timedelta(seconds=60)
#: Refusals by our own fault and by the network are tried again this often, and not after this long.
_RETRIES: Any = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=10),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Store:
    """Objects below `s3://BUCKET/PREFIX`, with copies on a disk."""

    def __init__(self, place: str, disk: Disk) -> None:
        """Open it; nobody is asked yet, so that a platform starts while the bucket is away."""
        self._disk = disk
        self._bucket = _opened(place)
        self._proven = False
        #: Objects that are known to be whole, by digest: the tag that the server gave them.
        self._whole: dict[str, str] = {}

    def prove(self) -> None:
        """Create one object twice: the second time has to fail."""
        with _answering():
            for _ in range(2):
                try:
                    obstore.put(self._bucket, _PROOF, b"", mode="create")
                except AlreadyExistsError:
                    self._proven = True
                    return
        raise Unavailable(
            "The artifact store does not keep what is there.",
            why="Its server was told to create an object only if it is not there, and wrote over it.",
            fix="Use a server of S3 that honours If-None-Match, such as AWS, MinIO or SeaweedFS.",
            code="E1708",
        )

    def put(self, digest: str, content: bytes) -> None:
        """Keep the bytes in the bucket, then on the disk."""
        key = _key(digest)
        if digest_of(content) != digest:
            raise wrong_digest()
        if not self._proven:
            self.prove()
        with _answering():
            try:
                kept = obstore.put(self._bucket, key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                # Its bytes are right by their digest, so that what was damaged is mended and nothing else ever written over.
                if not self.has(digest):
                    kept = obstore.put(self._bucket, key, content, mode="overwrite", use_multipart=False)
                    self._whole[digest] = str(kept["e_tag"])
            else:
                self._whole[digest] = str(kept["e_tag"])
        self._disk.put(digest, content)

    def get(self, digest: str) -> bytes:
        """The bytes, from the disk if they are there whole."""
        try:
            return self._disk.get(digest)
        except (NotFound, Invalid):
            self._fetch(digest)
            return self._disk.get(digest)

    def has(self, digest: str) -> bool:
        """Whether the bucket has the bytes; they are read once for each object that this process did not write."""
        with _answering():
            try:
                tag = str(obstore.head(self._bucket, _key(digest))["e_tag"])
            except FileNotFoundError:
                return False
            if self._whole.get(digest) != tag:
                try:
                    self._disk.take(digest, self._chunks(digest))
                except Invalid:
                    return False
                self._whole[digest] = tag
        return True

    def bring(self, digest: str) -> None:
        """Have the bytes on the disk; the bucket is asked only for what is not there or damaged."""
        _key(digest)
        if not self._disk.has(digest):
            self._fetch(digest)

    def held(self) -> Iterator[Held]:
        """Every object whose name is a digest."""
        with _answering():
            for page in obstore.list(self._bucket):
                for one in page:
                    digest = one["path"].rpartition("/")[2]
                    if DIGEST.fullmatch(digest) and one["path"] == address(digest):
                        yield Held(digest, one["size"], int(one["last_modified"].timestamp() * 1_000_000))

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Those without an object."""
        return [digest for digest in digests if not self._is_there(digest)]

    def remove(self, digest: str) -> None:
        """Remove the object, then the copy."""
        self._whole.pop(digest, None)
        with _answering():
            obstore.delete(self._bucket, _key(digest))
        self._disk.remove(digest)

    def tidy(self, before: int) -> int:
        """An object is there whole or not at all; only the disk can hold halves."""
        return self._disk.tidy(before)

    def _is_there(self, digest: str) -> bool:
        with _answering():
            try:
                obstore.head(self._bucket, _key(digest))
            except FileNotFoundError:
                return False
        return True

    def _fetch(self, digest: str) -> None:
        with _answering():
            self._disk.take(digest, self._chunks(digest))

    def _chunks(self, digest: str) -> Iterator[bytes]:
        """Never more than one piece of an object is in memory."""
        for chunk in obstore.get(self._bucket, _key(digest)).stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)


def _opened(place: str) -> S3Store:
    """The bucket of an address that the settings have checked."""
    parts = urlsplit(place)
    server = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    options: Any = {"connect_timeout": _CONNECTING, "timeout": _ASKING}
    if server.scheme == "http" and server.hostname in _LOOPBACK:
        options["allow_http"] = True
    return S3Store(parts.netloc, prefix=parts.path.strip("/") or None, client_options=options, retry_config=_RETRIES)


def _key(digest: str) -> str:
    if not DIGEST.fullmatch(digest):
        raise not_there()
    return address(digest)


@contextmanager
def _answering() -> Iterator[None]:
    """What the server says, in our words; its own may name hosts, buckets and keys."""
    try:
        yield
    except FileNotFoundError as error:
        raise _no_bucket() if "NoSuchBucket" in str(error) else not_there() from None
    except BaseError as error:
        said = str(error)
        if "NoSuchBucket" in said:
            raise _no_bucket() from None
        # A list that is refused comes without a kind of its own.
        refused = isinstance(error, PermissionDeniedError | UnauthenticatedError) or "403 Forbidden" in said
        raise _refused() if refused else _away() from None


def _refused() -> Unavailable:
    return Unavailable(
        "The artifact store refuses us.",
        why="Its server does not know the keys, or they may not do this in the bucket.",
        fix="Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the rights of the bucket, and start again.",
        code="E1709",
    )


def _no_bucket() -> Unavailable:
    return Unavailable(
        "The bucket of the artifact store is not there.",
        why="Its server answers, and has no bucket of the name in artifact_store.",
        fix="Make the bucket, or correct artifact_store in config.toml or LAMP_ARTIFACT_STORE.",
        code="E1709",
    )


def _away() -> Unavailable:
    return Unavailable(
        "The artifact store is away.",
        why="Its server does not answer, or with an error of its own.",
        fix="Look at AWS_ENDPOINT_URL and the server, then repeat. Models that are live go on answering.",
        code="E1707",
    )
