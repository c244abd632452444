"""How long a person waits before anything happens: each line compares a start with its limit; over a limit the exit code is 1.

The figure is the median of five runs of the whole process, after one run that fills the caches of the disk.
"""

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LAMP = str(Path(sysconfig.get_path("scripts")) / "lamp")
#: What is started, and after how many seconds it has to be over.
LIMITS: Mapping[str, tuple[Sequence[str], float]] = {
    "startup-version": ((LAMP, "--version"), 0.15),
    "startup-help": ((LAMP, "--help"), 0.20),
    "startup-import": ((sys.executable, "-c", "import lamplighter"), 0.15),
}
RUNS = 5


def seconds(command: Sequence[str]) -> float:
    """The wall-clock time of one run; raises `CalledProcessError` if the command fails."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CI": "true"})
    return time.perf_counter() - start


def measure(name: str) -> bool:
    """Prints the line of one start; whether it kept its limit."""
    command, limit = LIMITS[name]
    seconds(command)
    ours = statistics.median(seconds(command) for _ in range(RUNS))
    print(f"bench {name} ours={ours:.3f} limit={limit:.3f} ratio={ours / limit:.2f} unit=s", flush=True)
    return ours <= limit


if __name__ == "__main__":
    kept = [measure(name) for name in LIMITS]
    sys.exit(0 if all(kept) else 1)
