"""The process of a run of a scheduled job: `python -m lamplighter.sdk.scheduled ORDER`.

It finds a token in `LAMP_TOKEN`, leaves the number of rows in the file `LAMP_RESULT`, or what ended it in `LAMP_FAILURE` and
the rows that it failed on in `LAMP_KEPT`.
"""

import os
import sys
import time
import traceback
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import LampError, NotAllowed, Unauthenticated
from lamplighter.domain.job import Cause, Failure
from lamplighter.domain.job_order import Order
from lamplighter.sdk import table_stream
from lamplighter.sdk.batch import Progress, Scoring, plan
from lamplighter.sdk.ending import failure_of

#: Seconds until every process of serving knows the token.
_PATIENCE = 10.0


def main(order_file: Path) -> int:
    """Score the table of an order; gives the exit code."""
    order = from_json(order_file.read_bytes(), Order)
    runner = _Runner(order, os.environ["LAMP_TOKEN"])
    try:
        rows = runner.run()
    except Exception as error:  # whatever ends it is said, with the story in the log
        traceback.print_exc()
        failure = runner.keep(failure_of(error, runner.rows), Path(os.environ["LAMP_KEPT"]))
        _leave(Path(os.environ["LAMP_FAILURE"]), msgspec.json.encode(failure))
        return 1
    _leave(Path(os.environ["LAMP_RESULT"]), msgspec.json.encode({"number": rows}))
    return 0


class _Runner:
    def __init__(self, order: Order, token: str) -> None:
        self._order, self._token = order, token
        target = Path(order.target)
        self._target, self._unfinished = target, target.with_name(f"{target.stem}.{order.run}{target.suffix}")
        #: Rows from the start that have their scores.
        self.rows = 0
        #: SHA-256 of the table, once it has been read.
        self._digest = ""

    def run(self) -> int:
        """Score every row, then put the output in its place at once; gives the number of rows."""
        source, end = Path(self._order.source), time.monotonic() + _PATIENCE
        job = plan(self._order.version, source, self._order.rows)
        self._digest = job.source
        while True:
            scoring = Scoring(job, self._order.version, self._order.address, self._token, source, self._unfinished)
            try:
                done = scoring.run(resume=True, told=self._told)
            except (Unauthenticated, NotAllowed):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                self._unfinished.replace(self._target)
                sys.stdout.write(f"{done.rows} rows, {done.kept} of {done.chunks} chunks from before\n")
                return done.rows

    def keep(self, failure: Failure, file: Path) -> Failure:
        """Keep the chunk that was not answered, as the table may be another one tomorrow; the failure says what is kept."""
        if failure.cause is not Cause.DATA or not self._digest:
            return msgspec.structs.replace(failure, digest=self._digest)
        first, chunks = self.rows // self._order.rows, table_stream.batches(Path(self._order.source), self._order.rows)
        try:
            chunk = next((chunk for place, chunk in enumerate(chunks) if place == first), None)
            if chunk is None:
                return msgspec.structs.replace(failure, digest=self._digest)
            _leave(file, table_stream.stream(chunk))
        except (LampError, OSError):
            traceback.print_exc()
            return msgspec.structs.replace(failure, digest=self._digest)
        return msgspec.structs.replace(failure, digest=self._digest, kept=chunk.num_rows)

    def _told(self, progress: Progress) -> None:
        self.rows = progress.rows
        sys.stdout.write(f"{progress.rows} rows\n")


def _leave(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
