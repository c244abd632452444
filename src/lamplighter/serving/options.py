"""What a process group is told when it starts."""

from pathlib import Path
from typing import NamedTuple


class Options(NamedTuple):
    """One environment on this machine. A plain tuple: the parent imports nothing heavier."""

    environment: str
    #: Where the route, the reports and the prediction log lie.
    directory: Path
    #: Root of the local artifact store.
    artifacts: Path
    host: str = "127.0.0.1"
    port: int = 7083
    workers: int = 1
    #: Port for gRPC; 0 for none.
    grpc_port: int = 0
    #: Further names that callers may write in the Host header.
    known_as: tuple[str, ...] = ()
    #: Where environments of versions with other packages are made; nothing if none may be made.
    environments: Path | None = None
    #: Public keys whose versions may run code.
    keys: Path | None = None
