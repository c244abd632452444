"""Who may call: the snapshot of token hashes that lies beside the route."""

import hashlib
import time

from lamplighter.domain.route import Credential, Credentials
from lamplighter.serving.problems import Refusal

_UNAUTHENTICATED = Refusal(
    "unauthenticated", "Send Authorization: Bearer and a token of this environment that has not expired."
)
_FORBIDDEN = Refusal("forbidden", "Ask the owner of the model for access.")


class Callers:
    """Looks tokens up by their hash, so a stolen snapshot opens no door. No entry, no access."""

    def __init__(self) -> None:
        self._by_digest: dict[str, Credential] = {}
        self._latest = 0

    def adopt(self, credentials: Credentials) -> None:
        """From now on exactly these tokens count."""
        self._by_digest = {credential.token_digest: credential for credential in credentials.tokens}

    def known(self, authorization: bytes) -> Credential | Refusal:
        """The credential behind an `Authorization` header."""
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            return _UNAUTHENTICATED
        credential = self._by_digest.get(hashlib.sha256(token.strip()).hexdigest())
        if credential is None or credential.expires_at <= self._now():
            return _UNAUTHENTICATED
        return credential

    def may(self, credential: Credential, model: str) -> Refusal | None:
        """Why this credential may not call the model."""
        return None if not credential.models or model in credential.models else _FORBIDDEN

    def _now(self) -> int:
        """Microseconds since the epoch, never going back: a clock that jumps back must not revive a token."""
        self._latest = max(self._latest, time.time_ns() // 1000)
        return self._latest
