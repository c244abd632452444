"""A constant answer by granian over RSGI, once the whole body is there. Run as `serve.py LENGTH PORT`."""

import sys

from granian import Granian
from granian.constants import Interfaces, Loops

ANSWER = b"x" * int(sys.argv[1])
HEADERS = [("content-type", "application/json")]


async def app(scope, protocol):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Read and answer."""
    await protocol()
    protocol.response_bytes(200, HEADERS, ANSWER)


if __name__ == "__main__":
    options = {"interface": Interfaces.RSGI, "loop": Loops.uvloop, "workers": 1, "log_enabled": False}
    Granian("serve:app", address="127.0.0.1", port=int(sys.argv[2]), **options).serve()
