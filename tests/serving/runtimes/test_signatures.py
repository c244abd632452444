"""Code is opened only if a trusted key has signed this very version; each way around is refused with its reason."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lamplighter import keys
from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.signing import FORMAT, NAME, ROLE, Envelope
from lamplighter.domain.version import Artifact, Badge, DecisionRule, Lock, Manifest, address
from lamplighter.serving.runtimes.base import Surroundings, Unloadable
from lamplighter.serving.runtimes.python import load

SOURCE = b"""
def predict(table):
    return table["x"] * 2

predict.__lamplighter_predictor__ = ()
"""


@pytest.fixture
def manifest(store: Any) -> Manifest:
    """A version that runs code, unsigned."""
    found: Manifest = store({"model": ("python-source", Badge.CODE, SOURCE)}, "python")
    return found


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    """A folder with one trusted key; the private one lies beside it."""
    folder = tmp_path / "trusted"
    keys.trust(folder, keys.make(tmp_path / "ours"))
    return folder


def sealed(root: Path, manifest: Manifest, envelope: bytes) -> Manifest:
    """The manifest with this envelope among its artifacts."""
    digest = digest_of(envelope)
    place = root / address(digest)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(envelope)
    artifact = Artifact(role=ROLE, name=NAME, digest=digest, size=len(envelope), format=FORMAT)
    return msgspec.structs.replace(manifest, artifacts=(*manifest.artifacts, artifact))


def opened(root: Path, manifest: Manifest, folder: Path | None) -> list[float]:
    async def main() -> list[float]:
        runtime = await load(manifest, root, Surroundings(keys=folder))
        try:
            return await runtime.score({"x": [2.0]}, 1)
        finally:
            await runtime.close()

    return asyncio.run(main())


def refused(root: Path, manifest: Manifest, folder: Path | None) -> str:
    with pytest.raises(Unloadable) as caught:
        opened(root, manifest, folder)
    why = str(caught.value)
    assert why.startswith("code-unsigned: ")
    assert why.endswith("or save it in a format without code.")
    return why


def test_a_version_signed_by_a_trusted_key_answers(tmp_path: Path, manifest: Manifest, trusted: Path) -> None:
    assert opened(tmp_path, sealed(tmp_path, manifest, keys.sign(manifest, tmp_path / "ours")), trusted) == [4.0]


def test_nobody_vouches_for_an_unsigned_version(tmp_path: Path, manifest: Manifest, trusted: Path) -> None:
    assert "nobody has signed it" in refused(tmp_path, manifest, trusted)


def test_a_foreign_key_vouches_for_nothing(tmp_path: Path, manifest: Manifest, trusted: Path) -> None:
    keys.make(tmp_path / "foreign")
    signed = sealed(tmp_path, manifest, keys.sign(manifest, tmp_path / "foreign"))
    assert "the key that signed it is not trusted" in refused(tmp_path, signed, trusted)
    assert "the key that signed it is not trusted" in refused(tmp_path, signed, None)


def test_a_key_that_others_may_write_is_not_trusted(tmp_path: Path, manifest: Manifest, trusted: Path) -> None:
    signed = sealed(tmp_path, manifest, keys.sign(manifest, tmp_path / "ours"))
    next(trusted.glob("*.pem")).chmod(0o666)
    assert "not trusted" in refused(tmp_path, signed, trusted)


def flipped(envelope: Envelope) -> Envelope:
    first = envelope.signatures[0]
    return msgspec.structs.replace(
        envelope, signatures=(msgspec.structs.replace(first, sig=bytes((first.sig[0] ^ 1, *first.sig[1:]))),)
    )


def emptied(envelope: Envelope) -> Envelope:
    return msgspec.structs.replace(envelope, signatures=())


def retyped(envelope: Envelope) -> Envelope:
    return msgspec.structs.replace(envelope, payload_type="text/plain")


def pretending(envelope: Envelope) -> Envelope:
    """The payload of another version under the signature of this one."""
    other = from_json(envelope.payload, Manifest)
    return msgspec.structs.replace(envelope, payload=canonical(msgspec.structs.replace(other, model="other")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flipped, "its signature is not what the key made"),
        (emptied, "the key that signed it is not trusted"),
        (retyped, "its signature is one of another version"),
        (pretending, "its signature is one of another version"),
    ],
)
def test_a_changed_envelope_is_refused(
    tmp_path: Path, manifest: Manifest, trusted: Path, change: Callable[[Envelope], Envelope], reason: str
) -> None:
    envelope = from_json(keys.sign(manifest, tmp_path / "ours"), Envelope)
    assert reason in refused(tmp_path, sealed(tmp_path, manifest, canonical(change(envelope))), trusted)


@pytest.mark.parametrize(
    "change",
    [{"model": "other"}, {"decision": DecisionRule(threshold=0.9)}, {"lock": Lock(packages={"left-pad": "1.0"})}],
)
def test_a_signature_is_worth_nothing_for_another_version(
    tmp_path: Path, manifest: Manifest, trusted: Path, change: dict[str, Any]
) -> None:
    other = msgspec.structs.replace(manifest, **change)
    signed = sealed(tmp_path, other, keys.sign(manifest, tmp_path / "ours"))
    assert "its signature is one of another version" in refused(tmp_path, signed, trusted)


def test_words_that_are_no_envelope_are_refused(tmp_path: Path, manifest: Manifest, trusted: Path) -> None:
    assert "its signature cannot be read" in refused(tmp_path, sealed(tmp_path, manifest, b"{}"), trusted)
