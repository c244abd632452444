"""Who vouches for a version that runs code when it is opened.

The signature is an artifact of the version. It is a DSSE envelope (https://github.com/secure-systems-lab/dsse) whose payload is
the manifest as it was before the signature was added, so that it binds the bytes of every artifact, the packages, the contract
and the name of the model.
"""

import msgspec

from lamplighter.domain.record import Record, canonical
from lamplighter.domain.version import Manifest

#: The part that the artifact plays, its name for people and its format.
ROLE, NAME, FORMAT = "signature", "signature.json", "dsse"
#: What the payload is.
PAYLOAD_TYPE = "application/vnd.lamplighter.manifest+json"


class Signature(Record, frozen=True):
    """One signature of an envelope."""

    #: SHA-256 of the public key's 32 bytes, hexadecimal.
    keyid: str
    #: Ed25519 signature over `signed_bytes`; base64 in JSON.
    sig: bytes


class Envelope(Record, frozen=True, rename={"payload_type": "payloadType"}):
    """Payload and signatures; field names are those of DSSE."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def unsigned(manifest: Manifest) -> Manifest:
    """The manifest without the artifact that is its signature."""
    kept = tuple(artifact for artifact in manifest.artifacts if artifact.role != ROLE)
    return msgspec.structs.replace(manifest, artifacts=kept)


def payload(manifest: Manifest) -> bytes:
    """What is put into the envelope of a manifest."""
    return canonical(unsigned(manifest))


def signed_bytes(content: bytes) -> bytes:
    """The pre-authentication encoding of DSSE over our payload type and these bytes."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(content), content)
