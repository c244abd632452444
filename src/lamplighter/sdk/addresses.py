"""Addresses to which a secret may be sent."""

import ipaddress
from urllib.parse import urlsplit


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent to an address: it is https, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (parts.scheme == "https" and bool(host)) or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
