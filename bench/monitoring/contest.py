"""One figure of a peer, in a process and an environment of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from environments import environment

_HERE = Path(__file__).parent / "peers"
#: What keeps a peer to itself.
VARIABLES = {
    "PYTHONPATH": str(_HERE.with_name("frame")),
    "MPLBACKEND": "agg",
    "DO_NOT_TRACK": "1",
    "NML_DISABLE_USAGE_LOGGING": "1",
}
#: Seconds after which a peer has lost.
_PATIENCE = 300.0


def told(peer: str, script: str, argument: Path) -> dict[str, Any] | None:
    """What the peer's script printed last; nothing, and a sentence on standard error, if it did not come to that."""
    command = [str(environment(_HERE / peer)), "-W", "ignore", str(_HERE / peer / f"{script}.py"), str(argument)]
    variables = {**os.environ, **VARIABLES}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, env=variables, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        why = f"no answer in {_PATIENCE:.0f} s"
    except subprocess.CalledProcessError as failure:
        why = (failure.stderr.splitlines() or ["no reason given"])[-1]
    print(f"{peer} could not take part in {script}: {why}", file=sys.stderr, flush=True)
    return None
