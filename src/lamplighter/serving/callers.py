"""Who may call: the snapshot of token hashes that lies beside the route."""

import hashlib

from lamplighter.domain.route import Credential, Credentials
from lamplighter.serving.clock import Clock
from lamplighter.serving.problems import Refusal

_UNAUTHENTICATED = Refusal(
    "unauthenticated", "Send Authorization: Bearer and a token of this environment that has not expired."
)
_FORBIDDEN = Refusal("forbidden", "Ask the owner of the model for access.")


class Callers:
    """Looks tokens up by their hash, so a stolen snapshot opens no door. No entry, no access."""

    def __init__(self, clock: Clock) -> None:
        self._by_digest: dict[str, Credential] = {}
        #: Grows whenever tokens may have come or gone.
        self.generation = 0
        self._clock = clock

    def adopt(self, credentials: Credentials) -> None:
        """From now on exactly these tokens count."""
        self.generation += 1
        self._by_digest = {credential.token_digest: credential for credential in credentials.tokens}

    def known(self, authorization: bytes) -> Credential | Refusal:
        """The credential behind an `Authorization` header."""
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            return _UNAUTHENTICATED
        credential = self._by_digest.get(hashlib.sha256(token.strip()).hexdigest())
        if credential is None or credential.expires_at <= self._clock.now:
            return _UNAUTHENTICATED
        return credential

    def still(self, credential: Credential) -> bool:
        """Whether a credential that was known in this generation has not expired meanwhile."""
        return credential.expires_at > self._clock.now

    def may(self, credential: Credential, model: str) -> Refusal | None:
        """Why this credential may not call the model."""
        return None if not credential.models or model in credential.models else _FORBIDDEN
