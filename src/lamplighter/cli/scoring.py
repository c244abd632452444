"""Rows for a model and what it answers."""

import random
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.cli.page import Page
from lamplighter.cli.session import PATIENCE, Session
from lamplighter.cli.table import Table
from lamplighter.domain.contract import Meaning
from lamplighter.domain.decoding import from_json, from_plain
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.names import Live, parse_reference
from lamplighter.domain.version import Version
from lamplighter.sdk import batch
from lamplighter.sdk.batch import Progress
from lamplighter.sdk.connect import surroundings
from lamplighter.sdk.model import Endpoint, live_in

Columns = Mapping[str, Sequence[Any]]
#: Rows that are printed.
_SHOWN = 20


def scored_page(session: Session, reference: str, file: str, environment: str) -> Page:
    """Ask the live version; raises `Invalid` for a reference to a version that is not live."""
    parsed = parse_reference(reference)
    place = live_in(session.platform, parsed.model, environment)
    version = session.platform.version(f"{parsed.model}@{place.number}").version
    if parsed.selector is not None and parsed.selector != Live():
        wanted = session.platform.version(reference, place.environment).version
        version = _live_one(wanted, version, place.environment)
    columns = _read(session, file) if file else _sample_row(session, version)
    endpoint = Endpoint(
        place.address, parsed.model, surroundings(session.flags.url or None).token, timeout=session.flags.timeout or PATIENCE
    )
    try:
        answer = endpoint.predict(columns)
    finally:
        endpoint.close()
    rows = [(name, f"{score:.6g}", _reading(version, score)) for name, score in zip(answer.ids, answer.scores, strict=True)]
    more = len(rows) - _SHOWN
    return Page(
        says=f"{answer.version} in {place.environment} scored {len(rows)} row{'' if len(rows) == 1 else 's'}.",
        data={"version": answer.version, "request": answer.request, "ids": answer.ids, "scores": answer.scores},
        facts=[(name, str(values[0])) for name, values in columns.items()] if not file else (),
        table=Table(rows[:_SHOWN], ("PREDICTION", version.manifest.contract.output.name.upper(), "MEANS")),
        next=[f"lamp labels push {parsed.model} FILE"],
        url=session.address(f"/m/{parsed.model}"),
        warnings=[f"{more} more rows are in the answer of --json."] if more > 0 else (),
    )


def table_page(
    session: Session, reference: str, source: str, target: str, environment: str, *, rows: int, resume: bool
) -> Page:
    """Score a table with the live version, or with another that answers there; progress goes to standard error."""
    parsed = parse_reference(reference)
    place = live_in(session.platform, parsed.model, environment)
    named = f"{parsed.model}@{place.number}" if parsed.selector in (None, Live()) else reference
    version = session.platform.version(named, place.environment).version
    token = surroundings(session.flags.url or None).token
    job = batch.plan(version, session.path(source), rows)
    scoring = batch.Scoring(job, version, place.address, token, session.path(source), session.path(target))
    session.standing = "What was scored is kept; go on with --resume."
    done = scoring.run(resume=resume, told=_Teller(session))
    return Page(
        says=f"{version.name} in {place.environment} scored {done.rows:,} rows into {target}.",
        data={"version": version.name, "job": job.name, "rows": done.rows, "seconds": done.seconds, "kept": done.kept},
        facts=[("job", job.name), ("rate", f"{done.rate:,.0f} rows/s")],
        next=[f"lamp monitor show {parsed.model}"],
        url=session.address(f"/m/{parsed.model}"),
    )


class _Teller:
    """Says how far a job is, every other second."""

    def __init__(self, session: Session) -> None:
        self._session, self._next = session, 2.0

    def __call__(self, progress: Progress) -> None:
        if progress.seconds >= self._next:
            self._next = progress.seconds + 2.0
            self._session.say(f"{progress.rows:,} rows, {progress.rate:,.0f} a second")


def _live_one(wanted: Version, live: Version, environment: str) -> Version:
    if wanted.digest == live.digest:
        return live
    raise Invalid(
        f"{wanted.name} does not answer in {environment}.",
        why=f"{live.name} is live there, and only the live version can be asked.",
        fix=f"Ask {live.name}, or see what it would say: lamp shadow {wanted.name} --env {environment}",
        code="E1185",
    )


def _reading(version: Version, score: float) -> str:
    output = version.manifest.contract.output
    if output.meaning is not Meaning.PROBABILITY or len(output.classes) != 2:
        return ""
    return output.classes[score >= version.manifest.decision.threshold]


def _read(session: Session, file: str) -> Columns:
    try:
        content = sys.stdin.buffer.read() if file == "-" else session.path(file).read_bytes()
    except OSError as error:
        raise NotFound(
            "The rows cannot be read.", why=f"{error.strerror}.", fix="Name a file that exists, or - for stdin.", code="E1281"
        ) from None
    return columns_of(content)


def columns_of(content: bytes) -> Columns:
    """The columns of a JSON object, of a list of them, or of one a line; raises `Invalid`. Absent values are null."""
    try:
        whole = content.strip()
        found = msgspec.json.decode(whole) if whole.startswith(b"[") else msgspec.json.Decoder().decode_lines(whole)
        rows = from_plain(found, list[dict[str, Any]])
    except msgspec.MsgspecError:
        rows = []
    if not rows:
        raise Invalid(
            "There are no rows to score.",
            why="Rows are JSON objects with one value a column: one object, one a line, or a list of them.",
            fix='Write {"origin": "EWR", "hour": 18}.',
            code="E1186",
        )
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _sample_row(session: Session, version: Version) -> Columns:
    sample = session.platform.artifact(version.manifest.artifact("sample").digest)
    columns = from_json(sample, dict[str, list[Any]])
    place = random.randrange(len(next(iter(columns.values()))))  # noqa: S311  any row will do
    return {name: [values[place]] for name, values in columns.items()}
