"""A machine from its start until a signal ends it."""

import logging
import re
import signal
import socket
import sys
import threading

from lamplighter.node.machine import Listening, Machine
from lamplighter.sdk.interface import Platform
from lamplighter.settings import read_settings

#: Folder below the home of whatever else lamplighter does on this machine.
_FOLDER = "node"


def serve(platform: Platform, environment: str, name: str, listening: Listening) -> str:
    """Serve an environment until SIGTERM or SIGINT; gives the name that the machine went by."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    home = read_settings().folder / _FOLDER
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    called, ending = name or own_name(socket.gethostname()), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    Machine(platform, environment, called, home, listening).run(ending)
    return called


def own_name(host: str) -> str:
    """The name of a host as a name of a machine: the first part, in lower case, without what names cannot hold."""
    return re.sub(r"[^a-z0-9-]", "-", host.split(".")[0].lower())[:63].strip("-") or "machine"
