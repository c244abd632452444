"""Keys that sign versions which run code: one private key for whoever releases, public keys where they are trusted.

The platform signs with its own what it hands out for the record.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.selection import Sealed
from lamplighter.domain.signing import PAYLOAD_TYPE, Envelope, Signature, payload, signed_bytes
from lamplighter.domain.version import Manifest

#: Bytes of a secret.
_SECRET = 32


def make(file: Path) -> Ed25519PublicKey:
    """A new private key in a file that only its user can read, its public key beside it as `.pub`; raises `Conflict`."""
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(
            "There is a signing key already.",
            why=f"A new one in {file.name} would make the old one's versions nobody's.",
            fix="Use it, or move it away first.",
            code="E1582",
        ) from None
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        out.flush()
        os.fsync(out.fileno())
    public = key.public_key()
    file.with_suffix(".pub").write_bytes(_pem(public))
    return public


def secret(file: Path) -> bytes:
    """32 random bytes in a file that only its user can read, made by whoever comes first; raises `Invalid` for another file."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(_SECRET))
            out.flush()
            os.fsync(out.fileno())
        try:
            # Under its name it is whole from the beginning, and who comes second takes the first one's.
            with suppress(FileExistsError):
                os.link(made, file)
        finally:
            made.unlink()
    content = file.read_bytes()
    if len(content) != _SECRET:
        raise _no_key(f"{file.name} does not hold {_SECRET} bytes.")
    return content


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's bytes, the id that signatures name."""
    return digest_of(key.public_bytes_raw())


def own(file: Path) -> str:
    """The id of the private key in a file; raises `Invalid`."""
    return fingerprint(private(file).public_key())


def trust(folder: Path, key: Ed25519PublicKey) -> Path:
    """Have versions signed by the key opened from now on; gives the file that says so."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{fingerprint(key)[:16]}.pem"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(_pem(key))
    return file


def distrust(folder: Path, name: str) -> None:
    """Have versions of the key opened no more, from their next start on; `name` begins its id. Raises `Invalid`."""
    found = [file for file in folder.glob("*.pem") if name and file.stem.startswith(name[:16])]
    if len(found) != 1:
        raise _no_key(f"No key of ours begins with {name[:16]}, or more than one does.")
    found[0].unlink()


def trusted(folder: Path) -> dict[str, Path]:
    """The trusted keys, by id."""
    return {fingerprint(public(file)): file for file in sorted(folder.glob("*.pem"))}


def public(file: Path) -> Ed25519PublicKey:
    """The public key in a file; raises `Invalid`."""
    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError):
        raise _no_key("The file holds no public key in PEM.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key("The key is not one of Ed25519.")
    return key


def sign(manifest: Manifest, file: Path) -> bytes:
    """The envelope of a manifest, signed with the private key in a file; raises `Invalid`."""
    if not file.exists():
        raise Invalid(
            "The version has to be signed, and there is no key here.",
            why="Opening it runs code, and serving opens code only if a key it trusts has signed it.",
            fix="Make a key with lamp key new, and have it trusted where the platform runs: lamp key trust FILE.",
            code="E1196",
        )
    key, content = private(file), payload(manifest)
    signature = Signature(keyid=fingerprint(key.public_key()), sig=key.sign(signed_bytes(content)))
    return canonical(Envelope(payload_type=PAYLOAD_TYPE, payload=content, signatures=(signature,)))


def seal(content: bytes, file: Path) -> tuple[str, str]:
    """Public key and Ed25519 signature of some bytes, hexadecimal, by the private key in a file; raises `Invalid`."""
    key = private(file)
    return key.public_key().public_bytes_raw().hex(), key.sign(content).hex()


def is_sealed(content: bytes, key: str, signature: str) -> bool:
    """Whether a public key has signed these bytes; both hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def holds(sealed: Sealed, keyid: str = "") -> bool:
    """Whether a selection is what its key has signed, and whether that is the key of this id if one is named."""
    return keyid in ("", sealed.keyid) and is_sealed(sealed.message, sealed.key, sealed.signature)


def private(file: Path) -> Ed25519PrivateKey:
    """The private key in a file; raises `Invalid`."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        raise _no_key("The signing key cannot be read.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key("The signing key is not one of Ed25519.")
    return key


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _no_key(why: str) -> Invalid:
    return Invalid("That is no key.", why=why, fix="Name a file that lamp key new has made.", code="E1197")
