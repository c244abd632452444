"""Which of the forms that an answer can have the caller takes: the `Accept` header (RFC 9110, section 12.5.1)."""

import re
from functools import lru_cache

#: The stream form of Arrow IPC.
ARROW = b"application/vnd.apache.arrow.stream"
JSON = b"application/json"
_WEIGHT = re.compile(rb"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


@lru_cache(maxsize=256)
def chosen(accept: bytes, offers: tuple[bytes, ...]) -> bytes:
    """The offer that the caller likes best, the first of equals; empty if it takes none. No header takes everything."""
    if not accept.strip():
        return offers[0]
    ranges: dict[bytes, float] = {}
    for part in accept.lower().replace(b" ", b"").split(b","):
        media, weight = _range(part)
        ranges[media] = max(weight, ranges.get(media, 0.0))
    best = max(offers, key=lambda offer: _liking(offer, ranges))
    return best if _liking(best, ranges) > 0 else b""


def _range(part: bytes) -> tuple[bytes, float]:
    media, *parameters = part.split(b";")
    weights = (_WEIGHT.fullmatch(parameter) for parameter in parameters)
    return media, next((float(match[1]) for match in weights if match is not None), 1.0)


def _liking(offer: bytes, ranges: dict[bytes, float]) -> float:
    """By the most specific range that holds the offer."""
    for media in (offer, offer.partition(b"/")[0] + b"/*", b"*/*"):
        if media in ranges:
            return ranges[media]
    return 0.0
