"""Nobody is refused while the process of a model is killed, a second after it has begun to answer.

`workers_killed.py [REQUESTS]`. 64 clients ask a model that runs in a closed process of its own, and one more asks until it is
answered; a second later the process is killed with SIGKILL, and so on. One that still opens the model is let alone: where that
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
#: Seconds that a process answers before it is killed.
PACE = 1.0
#: Seconds of one turn of the load, and after which no further turn begins.
TURN, LONGEST = 10.0, 300.0
#: Seconds in which a single request is answered, or has failed.
PATIENCE = 30.0


class Killer(threading.Thread):
    """Kills the closed process of the model again and again, each time a moment after it has answered."""

    def __init__(self, ours: ground.Ours, body: bytes) -> None:
        super().__init__(daemon=True)
        self._ours, self._body = ours, body
        self.ending, self.kills, self.failed = threading.Event(), 0, 0

    def run(self) -> None:
        """Until it is told to end."""
        while not self.ending.is_set():
            if not self._answered():
                self.failed += 1
            elif not self.ending.wait(PACE):
                for pid in self._inside():
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1

    def _answered(self) -> bool:
        headers = {"Content-Type": "application/json", **ground.HEADERS}
        try:
            with urllib.request.urlopen(urllib.request.Request(self._ours.address, self._body, headers), timeout=PATIENCE):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _inside(self) -> list[int]:
        """The process that answers: the oldest child of the front, which reaps it; nobody while it is being replaced."""
        report = msgspec.json.decode((self._ours.directory / "workers" / "0.json").read_bytes(), type=WorkerReport)
        children = Path(f"/proc/{report.pid}/task/{report.pid}/children").read_text().split()
        return [int(pid) for pid in children[:1]]


def loaded(ours: ground.Ours, bodies: list[bytes], requests: int) -> list[Load]:
    """Turns of the load until so many requests are answered, or the time is over."""
    turns, end = list[Load](), time.monotonic() + LONGEST
    while sum(turn.rate * TURN for turn in turns) < requests and time.monotonic() < end:
        turns.append(load(ours.address, bodies, clients=CLIENTS, seconds=TURN, headers=ground.HEADERS))
    return turns


def main(requests: int) -> int:
    """Print the lines; 1 if a request failed, too few were answered, or nothing was killed."""
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
    return int(failed > 0 or answered < requests or not killer.kills)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
