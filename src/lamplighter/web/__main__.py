"""The process of the control plane: `python -m lamplighter.web`. `lamp up` starts it."""

import ipaddress
import logging
import sys

import uvicorn

from lamplighter.domain.errors import Invalid, LampError
from lamplighter.lifecycle.identity import bootstrap
from lamplighter.sdk.local import claim
from lamplighter.settings import Settings, read_settings
from lamplighter.web import heap
from lamplighter.web.main import application


def main() -> int:
    """Claim the folder, make what a new platform needs, and serve until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings()
        _refuse_open(settings)
        claim(settings)
        served = application()
        bootstrap(served.state.kit)
    except LampError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    heap.settle()
    uvicorn.run(
        served,
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        log_config=None,
    )
    return 0


def _refuse_open(settings: Settings) -> None:
    """Nothing but loopback: sessions and tokens must not cross a network in the clear."""
    try:
        loopback = settings.host == "localhost" or ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Invalid(
            "The control plane listens on this machine only.",
            why="The host that is configured is not a loopback address.",
            fix="Set LAMP_HOST to 127.0.0.1 and put a proxy with TLS in front.",
            code="E1121",
        )


if __name__ == "__main__":
    sys.exit(main())
