"""Results of checks on data as other tools leave them: what dbt writes, and validation results of Great Expectations.

Only JSON is read, and only names, times, counts and statuses of it: messages of these tools may hold data. Forms: dbt artifacts
run-results version 4 to 6 and sources version 3; results of a validation or a checkpoint of Great Expectations 0.15 to 1.x.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid

#: Bytes of a file, and results in it.
LARGEST, _MOST = 32 * 1024 * 1024, 100_000
#: Names of failed checks that are told, and characters of each.
_TOLD, _LONGEST = 3, 80
_FINE = frozenset({"pass", "success", "warn", "skipped", "no-op"})


class Result(NamedTuple):
    """One line of a file: what it is about, and what it says."""

    #: Names by which the platform may know the source, the most exact first.
    names: tuple[str, ...]
    #: Name of the check; empty for the making of the table itself.
    check: str
    #: Nothing where nothing was checked.
    passed: bool | None
    #: Time of the newest row, microseconds since the epoch; 0 if it is not told.
    newest: int = 0
    rows: int | None = None


class Told(NamedTuple):
    """What a file says of one source."""

    source: str
    newest: int
    rows: int | None
    passed: bool | None
    check: str


def dbt(content: bytes) -> list[Result]:
    """The results in `run_results.json` or `sources.json`; raises `Invalid`."""
    return [_of_dbt(one) for one in _listed(_decoded(content), "results") if isinstance(one.get("unique_id"), str)]


def expectations(content: bytes) -> list[Result]:
    """The results of a validation, or of every validation of a checkpoint; raises `Invalid`."""
    found = _decoded(content)
    runs = found.get("run_results")
    if not isinstance(runs, dict):
        return list(_of_validation(found))
    validations = [run.get("validation_result", run) for run in list(runs.values())[:_MOST] if isinstance(run, dict)]
    return [one for validation in validations if isinstance(validation, dict) for one in _of_validation(validation)]


def told(results: Sequence[Result], known: Sequence[str], source: str = "") -> list[Told]:
    """What the results say by source. Without `source` each result goes to the known source of its name, and those of no
    known source are left out; with it all are about that one."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        name = source or next((name for name in result.names if name in known), "")
        if name and (result.passed is not None or result.newest or result.rows is not None):
            groups.setdefault(name, []).append(result)
    return [_together(name, group) for name, group in groups.items()]


def _together(name: str, results: list[Result]) -> Told:
    checked = [result for result in results if result.passed is not None]
    failed = [result.check or "the table was not made" for result in checked if not result.passed]
    rows = [result.rows for result in results if result.rows is not None]
    newest = max(result.newest for result in results)
    if not checked:
        return Told(name, newest, rows[-1] if rows else None, None, "")
    more = f" and {len(failed) - _TOLD} more" if len(failed) > _TOLD else ""
    words = f"{len(failed)} of {len(checked)}: {', '.join(one[:_LONGEST] for one in failed[:_TOLD])}{more}"
    said = words if failed else f"{len(checked)} of {len(checked)} passed"
    return Told(name, newest, rows[-1] if rows else None, not failed, said)


def _of_dbt(result: dict[str, Any]) -> Result:
    """`source.PROJECT.SOURCE.TABLE`, `model.PROJECT.TABLE` or `test.PROJECT.CHECK.HASH`. How old a source may be is declared
    here, so that of its freshness only the newest row counts."""
    kind, *parts = result["unique_id"].split(".")
    if kind == "source":
        return Result((".".join(parts[-2:]), *parts[-1:]), "", None, _instant(result.get("max_loaded_at")))
    passed = str(result.get("status", "")).lower() in _FINE
    if kind == "test":
        return Result((), parts[1] if len(parts) > 1 else "a test", passed)
    response = result.get("adapter_response")
    rows = response.get("rows_affected") if isinstance(response, dict) else None
    return Result(tuple(parts[-1:]), "", passed, 0, rows if isinstance(rows, int) and rows >= 0 else None)


def _of_validation(validation: dict[str, Any]) -> Iterator[Result]:
    if not isinstance(validation.get("success"), bool):
        raise _unread("it holds no validation result")
    meta = validation.get("meta")
    batch = meta.get("active_batch_definition") if isinstance(meta, dict) else None
    asset = batch.get("data_asset_name") if isinstance(batch, dict) else None
    names = (asset,) if isinstance(asset, str) and asset else ()
    for one in _listed(validation, "results"):
        expected = one.get("expectation_config")
        expected = expected if isinstance(expected, dict) else {}
        kind, settings = expected.get("expectation_type") or expected.get("type"), expected.get("kwargs")
        column = settings.get("column") if isinstance(settings, dict) else None
        check = f"{kind or 'an expectation'}{f' of {column}' if isinstance(column, str) else ''}"
        yield Result(names, check, one.get("success") is True)


def _instant(text: Any) -> int:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return 0
    since = (found if found.tzinfo else found.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return max(0, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _decoded(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise _unread(f"it is over {LARGEST >> 20} MB")
    try:
        return from_json(content, dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise _unread("it is not one JSON object") from None


def _listed(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = found.get(name)
    if not isinstance(listed, list) or not listed or len(listed) > _MOST:
        raise _unread(f"its {name} are not 1 to {_MOST} of them")
    return [one for one in listed if isinstance(one, dict)]


def _unread(why: str) -> Invalid:
    return Invalid(
        "The results of the checks cannot be read.",
        why=f"In short: {why}.",
        fix="Give run_results.json or sources.json of dbt, or a validation result of Great Expectations as JSON.",
        code="E1237",
    )
