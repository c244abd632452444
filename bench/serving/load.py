"""Load by wrk: requests that differ, a given number of clients, and what came back."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

#: The whole of what wrk runs. Bodies stand in a file, each behind its length, and are sent in turn. Requests are made up before
#: the load begins: wrk shares the cores with the servers, and what it does for each request takes from them.
_SCRIPT = """
local requests, turn = {}, 0
function init()
  local headers, file = {%s}, assert(io.open(os.getenv("BENCH_BODIES"), "rb"))
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    requests[#requests + 1] = wrk.format("POST", nil, headers, file:read(length))
  end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests":%%d,"microseconds":%%d,"failed":%%d,"p50":%%d,"p99":%%d}\\n', summary.requests,
    summary.duration, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


class Load(NamedTuple):
    """What a server answered under load."""

    #: Answers with 200 a second.
    rate: float
    #: Answers of another kind, and requests without one.
    failed: int
    #: Milliseconds.
    p50: float
    p99: float


def load(
    address: str, bodies: Sequence[bytes], *, clients: int, seconds: float, headers: Mapping[str, str] | None = None
) -> Load:
    """Send the bodies in turn from that many connections for that long; raises `RuntimeError` without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is not installed; run scripts/system-packages wrk")
    with tempfile.TemporaryDirectory() as folder:
        script, content = Path(folder) / "bodies.lua", Path(folder) / "bodies"
        content.write_bytes(b"".join(b"%d %b" % (len(body), body) for body in bodies))
        lines = {"Content-Type": "application/json", **(headers or {})}
        script.write_text(_SCRIPT % ", ".join(f'["{name}"] = "{value}"' for name, value in lines.items()))
        command = [wrk, "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script), address]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, env={"BENCH_BODIES": str(content)}).stdout
    found = msgspec.json.decode(printed.splitlines()[-1], type=dict[str, int])
    answered = found["requests"] - found["failed"]
    return Load(answered / found["microseconds"] * 1e6, found["failed"], found["p50"] / 1000, found["p99"] / 1000)
