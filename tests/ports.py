"""Ports for the servers of the tests: none that the system gives out itself, none that a neighbour in the same run takes."""

import os
import random
import socket
from contextlib import closing, suppress
from itertools import count

#: Below what Linux gives to those who ask for any port.
_FIRST, _END = 12_000, 30_000
#: Processes that share the tests, and which of them this is.
_ALL = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_MINE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_SPAN = (_END - _FIRST) // _ALL
#: Ports are taken one after the other, so that one that was left is not given out again at once.
_PLACES = count(random.randrange(_SPAN))


def free_ports(number: int) -> int:
    """The first of so many ports in a row that nobody listens at."""
    while True:
        ports = [_FIRST + _MINE * _SPAN + next(_PLACES) % _SPAN for _ in range(number)]
        if ports[-1] - ports[0] == number - 1 and all(_is_free(port) for port in ports):
            return ports[0]


def free_port() -> int:
    """A port that nobody listens at."""
    return free_ports(1)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
