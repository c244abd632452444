"""A header says who sends a request only where a proxy that the configuration names wrote it."""

import ipaddress

import pytest
from starlette.requests import Request

from lamplighter.api.visitors import BEHIND, visitor

NAMED = ("127.0.0.1", "10.0.0.0/24")
MANY = ", ".join(f"10.0.0.{number}" for number in range(1, 10))


@pytest.mark.parametrize(
    ("trusted", "peer", "headers", "sender"),
    [
        ((), "198.51.100.7", {}, "198.51.100.7"),
        ((), "198.51.100.7", {"x-forwarded-for": "203.0.113.1"}, "198.51.100.7"),
        ((), "127.0.0.1", {}, "127.0.0.1"),
        ((), "127.0.0.1", {"x-forwarded-for": "203.0.113.1"}, BEHIND),
        ((), "127.0.0.1", {"x-real-ip": "127.0.0.1"}, BEHIND),
        ((), "2001:db8:1:2:3:4:5:6", {}, "2001:db8:1:2::/64"),
        ((), "::ffff:198.51.100.7", {}, "198.51.100.7"),
        ((), "::1", {}, "::1"),
        ((), "", {}, BEHIND),
        (NAMED, "127.0.0.1", {}, "127.0.0.1"),
        (NAMED, "127.0.0.1", {"via": "1.1 proxy"}, BEHIND),
        (NAMED, "127.0.0.1", {"x-forwarded-for": "203.0.113.1"}, "203.0.113.1"),
        (NAMED, "127.0.0.1", {"x-forwarded-for": "127.0.0.1, 203.0.113.1"}, "203.0.113.1"),
        (NAMED, "127.0.0.1", {"x-forwarded-for": "203.0.113.1, 10.0.0.9"}, "203.0.113.1"),
        (NAMED, "10.0.0.3", {"x-forwarded-for": "2001:db8::1"}, "2001:db8::/64"),
        (NAMED, "127.0.0.1", {"x-forwarded-for": "203.0.113.1, nonsense"}, BEHIND),
        (NAMED, "127.0.0.1", {"x-forwarded-for": f"203.0.113.1, {MANY}"}, BEHIND),
        (NAMED, "198.51.100.7", {"x-forwarded-for": "203.0.113.1"}, "198.51.100.7"),
    ],
)
def test_who_sends_it(trusted: tuple[str, ...], peer: str, headers: dict[str, str], sender: str) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "client": (peer, 1), "headers": sent})
    assert visitor(request, tuple(ipaddress.ip_network(one) for one in trusted)) == sender
