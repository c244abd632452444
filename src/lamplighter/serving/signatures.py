"""A version that runs code is opened only if a key that this group trusts has signed it."""

from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import digest_of
from lamplighter.domain.signing import PAYLOAD_TYPE, ROLE, Envelope, signed_bytes, unsigned
from lamplighter.domain.version import Manifest
from lamplighter.serving.artifacts import verified
from lamplighter.serving.runtimes.base import Unloadable

_WAYS = "Sign it with a key that is trusted here (lamp key new, lamp key trust), or save it in a format without code."


def check(manifest: Manifest, artifacts: Path, folder: Path | None) -> None:
    """Raise `Unloadable` unless one of the public keys in the folder signed this very manifest."""
    envelope = _envelope(manifest, artifacts)
    if envelope.payload_type != PAYLOAD_TYPE or not _is_of(envelope, manifest):
        raise Unloadable(f"code-unsigned: its signature is one of another version. {_WAYS}")
    keys = _trusted(folder)
    for signature in envelope.signatures:
        key = keys.get(signature.keyid)
        if key is None:
            continue
        try:
            key.verify(signature.sig, signed_bytes(envelope.payload))
        except InvalidSignature:
            raise Unloadable(f"code-unsigned: its signature is not what the key made. {_WAYS}") from None
        return
    raise Unloadable(f"code-unsigned: the key that signed it is not trusted here. {_WAYS}")


def _envelope(manifest: Manifest, artifacts: Path) -> Envelope:
    try:
        return from_json(verified(artifacts, manifest.artifact(ROLE)), Envelope)
    except KeyError:
        raise Unloadable(f"code-unsigned: opening it runs code, and nobody has signed it. {_WAYS}") from None
    except msgspec.MsgspecError:
        raise Unloadable(f"code-unsigned: its signature cannot be read. {_WAYS}") from None


def _is_of(envelope: Envelope, manifest: Manifest) -> bool:
    try:
        return from_json(envelope.payload, Manifest) == unsigned(manifest)
    except msgspec.MsgspecError:
        return False


def _trusted(folder: Path | None) -> dict[str, Ed25519PublicKey]:
    """The keys by their id. A file that holds no such key is passed over, and so is one that others may write."""
    found: dict[str, Ed25519PublicKey] = {}
    for file in sorted(folder.glob("*.pem")) if folder is not None else ():
        try:
            key = load_pem_public_key(file.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(key, Ed25519PublicKey) and not file.stat().st_mode & 0o022:
            found[digest_of(key.public_bytes_raw())] = key
    return found
