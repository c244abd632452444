"""Nobody is refused while the process of a model is killed every second.

`workers_killed.py [REQUESTS]`. 64 clients ask a model that runs in a closed process of its own; that process is killed with
SIGKILL each second, until so many requests are answered. A request that was inside is run again beside nothing else, so that
every one of them has its answer. Ends with 1 if a single one failed.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import ground
import msgspec
from lines import line
from load import Load, load

from lamplighter.domain.route import WorkerReport

REQUESTS, CLIENTS = 50_000, 64
#: Seconds between two kills.
PACE = 1.0
#: Seconds of one turn of the load.
TURN = 10.0


class Killer(threading.Thread):
    """Kills the closed process of the model again and again."""

    def __init__(self, directory: Path) -> None:
        super().__init__(daemon=True)
        self._directory, self.ending, self.kills = directory, threading.Event(), 0

    def run(self) -> None:
        """Until it is told to end."""
        while not self.ending.wait(PACE):
            for pid in self._inside():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1

    def _inside(self) -> list[int]:
        """The process that answers now: the oldest child of the front."""
        reports = (self._directory / "workers").glob("[0-9]*.json")
        pids = [msgspec.json.decode(path.read_bytes(), type=WorkerReport).pid for path in reports]
        children = [Path(f"/proc/{pid}/task/{pid}/children").read_text().split() for pid in pids]
        return [int(found[0]) for found in children if found]


def main(requests: int) -> int:
    """Print the line; 1 if a request failed."""
    bodies, turns = [ground.body([row]) for row in ground.rows(200)], list[Load]()
    with ground.serving(ground.trained("python_runtime")) as ours:
        killer = Killer(ours.directory)
        killer.start()
        answered, started = 0, time.monotonic()
        while answered < requests:
            turns.append(load(ours.address, bodies, clients=CLIENTS, seconds=TURN, headers=ground.HEADERS))
            answered += round(turns[-1].rate * TURN)
        seconds = time.monotonic() - started
        killer.ending.set()
        killer.join()
    failed = sum(turn.failed for turn in turns)
    line("workers_killed_answered", answered / (answered + failed), "wanted", 1.0, "share")
    print(
        f"{answered} answered, {failed} failed, {killer.kills} kills in {seconds:.0f} s, p99 {max(t.p99 for t in turns):.0f} ms"
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
