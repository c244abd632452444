"""Where a request comes from. What a header says of that counts only if a proxy that the configuration names wrote it."""

import ipaddress
from collections.abc import Sequence

from starlette.requests import Request

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Everybody behind a proxy that says nothing that can be trusted.
BEHIND = "behind a proxy"
#: What proxies write.
_MARKS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
#: Proxies that a request may pass, and bits of an IPv6 address that one subscriber has at least.
_MOST, _PREFIX = 8, 64


def visitor(request: Request, trusted: Sequence[Network]) -> str:
    """The sender as one string: an IPv4 address, or the network of an IPv6 address.

    A request on this machine that bears the mark of a proxy is never taken for one of the machine itself: a header makes
    nobody anybody else, it only costs the good name of the machine.
    """
    peer = _address(request.client.host if request.client else "")
    if peer is None:
        return BEHIND
    if _is_in(peer, trusted):
        sender = _told(request.headers.getlist("x-forwarded-for"), trusted)
        if sender is not None:
            return _named(sender)
    marked = peer.is_loopback and any(mark in request.headers for mark in _MARKS)
    return BEHIND if marked else _named(peer)


def _told(lines: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """The nearest sender that is no trusted proxy. What stands left of it is what that sender wrote, true or not."""
    hops = ",".join(lines).rsplit(",", _MOST)
    for hop in reversed(hops[-_MOST:]):
        sender = _address(hop.strip())
        if sender is None or not _is_in(sender, trusted):
            return sender
    return None


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _named(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback:
        return str(address)
    return str(ipaddress.ip_network((int(address), _PREFIX), strict=False))
