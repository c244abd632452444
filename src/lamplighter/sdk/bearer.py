"""The header that a token is sent in."""

import re

from lamplighter.domain.errors import Unauthenticated

#: What a token may hold, https://www.rfc-editor.org/rfc/rfc6750#section-2.1; the white space around it comes from copying.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


def bearer(token: str) -> str:
    """The value of `Authorization`; raises `Unauthenticated` for what cannot be a token."""
    if not _TOKEN.fullmatch(token.strip()):
        raise Unauthenticated(
            "That is no token.",
            why="It is empty, or it holds a space, a line break or a letter that no token has.",
            fix="Copy the token whole, into LAMP_TOKEN or lamp login; without one, start a platform of your own with lamp up.",
            code="E1325",
        )
    return f"Bearer {token.strip()}"
