"""Paths of ours, for a browser that goes on to where it wanted to be."""

import re

#: Names between single slashes, so that it can never lead to another host.
_PATH = re.compile(r"(/[A-Za-z0-9_~@-][A-Za-z0-9._~@-]*)+")


def own_path(text: str) -> str:
    """The path itself if it is one of ours, else the first page. Signing in never leads back to signing in."""
    return text if _PATH.fullmatch(text) and not text.startswith("/sign-in") else "/"
