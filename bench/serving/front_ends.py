"""Two fronts with the same constant answer: how many requests a second, and which framing cases each holds.

A case holds when the answer is the one wanted and the connection is closed behind it, within a deadline.
"""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ground
import lines
from environments import environment
from load import load

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.serving.framing_cases import CASES, statuses

HERE = Path(__file__).parent
LENGTH = 36
ROUNDS = 5
#: Seconds that a server has to end a case; the deadlines of the empty server are 2.
PATIENCE = 6.0


@contextmanager
def running(front: str, *further: str) -> Iterator[int]:
    """Run one of the fronts, with further arguments; gives its port."""
    port = ground.free_port()
    interpreter = sys.executable if front == "ours" else str(environment(HERE / "peers" / front))
    program = HERE / ("constant.py" if front == "ours" else f"peers/{front}/serve.py")
    process = subprocess.Popen([interpreter, str(program), str(LENGTH), str(port), *further], cwd=program.parent)
    try:
        ground.wait(f"http://127.0.0.1:{port}/a", b"{}", {}, time.monotonic())
        yield port
    finally:
        process.terminate()
        process.wait(15)


def verdict(port: int, sent: bytes, wanted: int) -> str:
    """`holds`, or what happened instead."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(sent)
            while chunk := connection.recv(65536):
                answer += chunk
        except TimeoutError:
            return f"{_told(answer)}, stays open"
        except OSError:
            pass
    told = _told(answer)
    return "holds" if told == str(wanted) else told


def _told(answer: bytes) -> str:
    try:
        return " ".join(map(str, statuses(answer))) or "no answer"
    except (ValueError, IndexError):
        return "unreadable"


def main() -> None:
    """Print the lines, then the cases that a front does not hold."""
    bodies = [ground.body([row]) for row in ground.rows(200)]
    with running("ours") as ours, running("granian") as granian:
        for clients in (1, 16, 64):
            pairs = [
                [load(f"http://127.0.0.1:{port}/a", bodies, clients=clients, seconds=2).rate for port in (ours, granian)]
                for _ in range(ROUNDS)
            ]
            mine, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
            lines.line(f"empty_server_{clients}", mine, "granian", theirs, "requests/s")
        found = {name: (verdict(ours, *case), verdict(granian, *case)) for name, case in CASES.items()}
    held = [sum(pair[side] == "holds" for pair in found.values()) for side in (0, 1)]
    lines.line("framing_cases_held", held[0], "granian", held[1], "cases")
    for name, pair in found.items():
        if pair != ("holds", "holds"):
            print(f"  {name} (wanted {CASES[name][1]}): ours {pair[0]}; granian {pair[1]}")


if __name__ == "__main__":
    main()
