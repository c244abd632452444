"""What became of predictions that were pushed."""

import time
from collections.abc import Mapping
from typing import Any

from lamplighter.cli.page import Page
from lamplighter.cli.places import main_place
from lamplighter.cli.session import Session
from lamplighter.domain.names import Live, parse_reference
from lamplighter.sdk import pushing
from lamplighter.sdk.pushing import Columns, Progress


def pushed_page(session: Session, reference: str, file: str, environment: str, options: Mapping[str, Any]) -> Page:
    """Push a table, with its progress on standard error; an end on the way is told with how to go on."""
    parsed = parse_reference(reference)
    place = main_place(session, parsed.model, environment)
    named = f"{parsed.model}@{Live()}" if parsed.selector is None else reference
    version = session.platform.version(named, place).version
    columns = Columns(
        id=options["identity"],
        time=options["time"],
        score=options["score"],
        consumer=options["consumer"],
        latency_ms=options["latency"],
        failure=options["failure"],
    )
    source = None if file == "-" else session.path(file)
    start, rows = options["start"], options["rows"]
    done = pushing.push(session.platform, version, place, source, columns, start=start, rows=rows, told=_Teller(session, start))
    return Page(
        says=f"✓ {done.kept:,} predictions of {version.name} in {place} are kept; {done.known:,} were there before.",
        data={
            "version": version.name,
            "environment": place,
            "kept": done.kept,
            "known": done.known,
            "closed": done.closed,
            "rows": done.rows,
        },
        warnings=[f"{done.closed:,} are of days whose rows are old enough to go ([log] keep): not kept."]
        if done.closed
        else (),
        next=[f"lamp labels push {parsed.model} FILE", f"lamp monitor show {parsed.model}"],
        url=session.address(f"/m/{parsed.model}"),
    )


class _Teller:
    """Says how far it is, every other second, and how to go on from there."""

    def __init__(self, session: Session, start: int) -> None:
        self._session, self._start, self._begun, self._next = session, start, time.monotonic(), 2.0

    def __call__(self, progress: Progress) -> None:
        self._session.standing = f"The platform has {progress.rows:,} rows; go on with --from {progress.rows}."
        seconds = time.monotonic() - self._begun
        if seconds >= self._next:
            self._next = seconds + 2.0
            rate = (progress.rows - self._start) / seconds
            self._session.say(f"{progress.rows:,} rows, {rate:,.0f} a second; --from {progress.rows} goes on from here")
