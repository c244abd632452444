"""The process of the control plane: `python -m lamplighter.web`. `lamp up` starts it."""

import faulthandler
import logging
import sys

import uvicorn

from lamplighter.domain.errors import LampError
from lamplighter.lifecycle.people import bootstrap
from lamplighter.sdk.local import check
from lamplighter.sdk.lock import claim
from lamplighter.settings import read_settings
from lamplighter.web import crowds, heap
from lamplighter.web.main import application


def main() -> int:
    """Claim the folder, make what a new platform needs, and serve until told to stop."""
    # A crash in a library leaves its place in control.log.
    faulthandler.enable()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings()
        check(settings)
        claim(settings)
        served = application()
        bootstrap(served.state.kit)
    except LampError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    heap.settle()
    crowds.raise_files()
    uvicorn.run(
        served,
        host=settings.host,
        port=settings.port,
        http=crowds.Connection,
        ws="none",
        access_log=False,
        server_header=False,
        # What a header says of the sender is read where it is known who may say it.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        log_config=None,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
