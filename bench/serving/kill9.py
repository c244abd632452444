"""Predictions that were acknowledged, counted again after the server was killed many times.

`kill9.py [PREDICTIONS] [KILLS]`. Callers write down each acknowledgement in files of their own, forced to the disk, before they
ask again. The whole process group is killed with SIGKILL at even distances and started anew. In the end `recount.py`, which
shares no code with the server, holds the callers' files against the log.
"""

import http.client
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import ground

PREDICTIONS, KILLS = 1_000_000, 50
ROWS, CALLERS, WORKERS = 10, 6, 2


def call(port: int, name: str, body: bytes, record: Path) -> None:
    """Ask until the process is ended; an id is asked once, whatever becomes of it."""
    file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    number = 0
    while True:
        number += 1
        request = f"{name}-{number}"
        try:
            headers = {"Content-Type": "application/json", "Lamp-Request-Id": request, **ground.HEADERS}
            connection.request("POST", f"/m/{ground.MODEL}/invocations", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            time.sleep(0.005)
            continue
        if answer.status == 200:
            os.write(file, f"{request} {ROWS}\n".encode())
            os.fdatasync(file)


def acknowledged(folder: Path) -> int:
    """Predictions in the callers' files so far."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.acknowledged")) * ROWS


def run(folder: Path, predictions: int, kills: int) -> float:
    """Load and kill; the longest time from a start to the first answer, seconds."""
    model, port, longest = ground.trained("logistic_regression"), ground.free_port(), 0.0
    ground.settle(model, folder)
    body = ground.body(ground.rows(ROWS))
    places = [(port, f"caller{n}", body, folder / f"{n}.acknowledged") for n in range(CALLERS)]
    callers = [multiprocessing.get_context("spawn").Process(target=call, args=place, daemon=True) for place in places]
    for caller in callers:
        caller.start()
    for turn in range(kills + 1):
        started = time.monotonic()
        process = ground.start(model, folder, port, WORKERS)
        try:
            ground.wait(ground.address_of(port), body, ground.HEADERS, started)
            longest = max(longest, time.monotonic() - started)
            while acknowledged(folder) < predictions * (turn + 1) / (kills + 1):
                time.sleep(0.05)
        finally:
            # The last one too: nothing may depend on an orderly end.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        print(f"kill {turn}: {acknowledged(folder)} acknowledged", file=sys.stderr, flush=True)
    for caller in callers:
        caller.kill()
        caller.join()
    return longest


def main(predictions: int, kills: int) -> int:
    """Print the line of the recount and the time to answer again; 1 if something is lost or doubled."""
    with tempfile.TemporaryDirectory() as name:
        longest = run(Path(name), predictions, kills)
        recount = [sys.executable, "-I", str(Path(__file__).with_name("recount.py")), name]
        status = subprocess.run(recount, check=False).returncode
        print(f"longest time to the first answer after one of {kills} kills: {longest:.2f} s (limit 3 s)")
        return status or int(longest > 3)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:3]]
    sys.exit(main(*(given + [PREDICTIONS, KILLS][len(given) :])))
