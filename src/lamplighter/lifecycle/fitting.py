"""What a prediction of a model that runs elsewhere has to be."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.contract import Meaning, problems_of
from lamplighter.domain.errors import Invalid
from lamplighter.domain.pushed import CONSUMER, LONGEST_ID, Pushed
from lamplighter.domain.version import Version

#: No prediction is older than 2000, or further ahead of our clock than this, microseconds.
_EARLIEST, _AHEAD = 946_684_800_000_000, 86_400_000_000
_LONGEST_FAILURE = 200
#: No score or latency is larger.
_LARGEST, _DAY_MS = 1e300, 86_400_000.0


def check(rows: Sequence[Pushed], versions: Mapping[int, Version], now: int) -> None:
    """Raise `Invalid` naming the first row and field that does not fit its version."""
    for place, row in enumerate(rows):
        wrong = _wrong(row, versions[row.number].manifest.contract.output.meaning, now)
        if wrong:
            raise _unfit(f"/predictions/{place}/{wrong}")
    for number, version in versions.items():
        _check_inputs([(place, row) for place, row in enumerate(rows) if row.number == number and row.inputs], version)


def check_time(at: int, now: int) -> None:
    """Raise `Invalid` for a moment in which nothing can have been predicted."""
    if not _EARLIEST <= at <= now + _AHEAD:
        raise _unfit("time: microseconds since the epoch, from 2000 to tomorrow")


def _wrong(row: Pushed, meaning: Meaning, now: int) -> str:
    """The first field of a row that cannot be, and what it has to be; empty where all fit."""
    lowest, highest = (0.0, 1.0) if meaning is Meaning.PROBABILITY else (-_LARGEST, _LARGEST)
    checks = (
        (0 < len(row.id) <= LONGEST_ID and row.id.isprintable(), f"id: 1 to {LONGEST_ID} characters that can be printed"),
        (_EARLIEST <= row.time <= now + _AHEAD, "time: microseconds since the epoch, from 2000 to tomorrow"),
        ((row.score is None) != (not row.failure), "score: a score, or a failure in its place"),
        (row.score is None or lowest <= row.score <= highest, f"score: from {lowest:g} to {highest:g}"),
        (not row.consumer or CONSUMER.fullmatch(row.consumer), "consumer: up to 100 letters, digits and . _ @ + -"),
        (row.latency_ms is None or 0.0 <= row.latency_ms <= _DAY_MS, "latency_ms: from 0 to a day"),
        (len(row.failure) <= _LONGEST_FAILURE, f"failure: up to {_LONGEST_FAILURE} characters"),
    )
    return next((told for holds, told in checks if not holds), "")


def _check_inputs(rows: Sequence[tuple[int, Pushed]], version: Version) -> None:
    contract = version.manifest.contract
    names = {column.name for column in contract.inputs}
    for place, row in rows:
        if row.inputs.keys() != names:
            raise _unfit(f"/predictions/{place}/inputs: every input of {version.name}, and no other")
    columns = {name: [row.inputs[name] for _, row in rows] for name in names}
    for problem in problems_of(contract, columns)[:1]:
        _, _, place_of, name = problem.pointer.split("/", 3)
        raise _unfit(f"/predictions/{rows[int(place_of)][0]}/inputs/{name}: {problem.code}, wanted {problem.expected}")


def _unfit(why: str) -> Invalid:
    return Invalid(
        "A prediction does not fit.",
        why=f"{why}. Nothing of the request was kept.",
        fix="Correct the row that is named, and send the request again.",
        code="E1263",
    )
