"""Nobody is refused while the process of a model is killed every second.

`workers_killed.py [REQUESTS]`. 64 clients ask a model that runs in a closed process of its own. Each second one more request is
sent, and the process that has answered it is killed with SIGKILL; one that still opens the model is let alone, or where that
takes longer than a second none would ever answer. A request that was inside is run again beside nothing else, so that every one
has its answer. Ends with 1 if a single one failed, or if too few were answered before the time was over.
"""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import ground
import msgspec
from lines import line
from load import Load, load

from lamplighter.domain.route import WorkerReport

REQUESTS, CLIENTS = 50_000, 64
#: Seconds between two kills, at least.
PACE = 1.0
#: Seconds of one turn of the load, and after which no further turn begins.
TURN, LONGEST = 10.0, 300.0
#: Seconds in which a single request is answered, or has failed.
PATIENCE = 30.0


class Killer(threading.Thread):
    """Kills the closed process of the model again and again, each time once it has answered."""

    def __init__(self, ours: ground.Ours, body: bytes) -> None:
        super().__init__(daemon=True)
        self._ours, self._body = ours, body
        self.ending, self.kills, self.failed = threading.Event(), 0, 0

    def run(self) -> None:
        """Until it is told to end."""
        while not self.ending.wait(PACE):
            if self._answered():
                os.kill(self._inside(), signal.SIGKILL)
                self.kills += 1
            else:
                self.failed += 1

    def _answered(self) -> bool:
        headers = {"Content-Type": "application/json", **ground.HEADERS}
        try:
            with urllib.request.urlopen(urllib.request.Request(self._ours.address, self._body, headers), timeout=PATIENCE):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _inside(self) -> int:
        """The process that answers: the oldest child of the front."""
        report = msgspec.json.decode((self._ours.directory / "workers" / "0.json").read_bytes(), type=WorkerReport)
        return int(Path(f"/proc/{report.pid}/task/{report.pid}/children").read_text().split()[0])


def loaded(ours: ground.Ours, bodies: list[bytes], requests: int) -> list[Load]:
    """Turns of the load until so many requests are answered, or the time is over."""
    turns, end = list[Load](), time.monotonic() + LONGEST
    while sum(turn.rate * TURN for turn in turns) < requests and time.monotonic() < end:
        turns.append(load(ours.address, bodies, clients=CLIENTS, seconds=TURN, headers=ground.HEADERS))
    return turns


def main(requests: int) -> int:
    """Print the lines; 1 if a request failed or too few were answered."""
    bodies = [ground.body([row]) for row in ground.rows(200)]
    with ground.serving(ground.trained("python_runtime")) as ours:
        killer = Killer(ours, bodies[0])
        killer.start()
        started = time.monotonic()
        turns = loaded(ours, bodies, requests)
        seconds = time.monotonic() - started
        killer.ending.set()
        killer.join()
    answered, failed = round(sum(turn.rate * TURN for turn in turns)), killer.failed + sum(turn.failed for turn in turns)
    line("workers_killed_answered", answered / (answered + failed), "wanted", 1.0, "share")
    line("workers_killed_requests", answered, "wanted", requests, "requests")
    print(f"{failed} failed, {killer.kills} kills in {seconds:.0f} s, p99 {max(turn.p99 for turn in turns):.0f} ms")
    return int(failed > 0 or answered < requests)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
