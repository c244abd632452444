"""MANAGEMENT: compare."""

from collections.abc import Iterator, Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.version_comparison import Cell, Contrast, Line, Portrait, VersionComparison


@click.command(cls=Verb)
@click.argument("model", metavar="MODEL")
@click.argument("versions", metavar="[REF]...", nargs=-1)
@ENV
@with_session
def compare(session: Session, model: str, versions: tuple[str, ...], environment: str) -> Page:
    """Hold versions against the live one, figure by figure, on the rows that all of them were evaluated on.

    REF is a number or a reference such as churn@8; without one it is about the newest. A difference is better or worse only
    beyond chance; versions that were evaluated on other rows are told apart.
    """
    found = session.platform.compare(model_of(model), ",".join(versions), environment)
    names = ",".join(str(side.number) for side in found.sides)
    newest = max(side.number for side in found.sides)
    return Page(
        says=found.sentence,
        data={"comparison": found},
        facts=[*_set(found), *((_name(found, side.number), _side(side)) for side in found.sides)],
        table=Table(
            [row for line in found.lines for row in _rows(found, line)],
            ("FIGURE", "VERSION", "VALUE", "95 % INTERVAL", f"AGAINST v{found.base}"),
        ),
        warnings=list(_warnings(found)),
        next=[f"lamp card show {model}@{newest}"],
        url=session.address(f"/m/{model}/compare?versions={names}"),
    )


def _set(found: VersionComparison) -> Iterator[tuple[str, str]]:
    if found.evaluation:
        cut = f", the scores of {found.kept:,} are kept" if found.kept < found.rows else ""
        yield "same rows", f"{found.rows:,}{cut}; sha256:{found.evaluation[:12]}"


def _name(found: VersionComparison, number: int) -> str:
    return f"v{number} live" if found.champion and number == found.base else f"v{number}"


def _side(side: Portrait) -> str:
    latency = f", {side.latency_ms:g} ms a row" if side.latency_ms is not None else ""
    trained = ", ".join(text for text in (side.data_period, f"{side.data_rows:,} rows" if side.data_rows else "") if text)
    contract = [f"{one.name} {one.what}{' (breaks callers)' if one.breaking else ''}" for one in side.differences]
    parts = [
        f"{side.runtime}, {side.size / 1e6:.1f} MB{latency}",
        f"decides at {side.threshold:g}",
        *([f"trained on {trained}"] if trained else []),
        *([f"commit {side.commit[:8]}"] if side.commit else []),
        *contract,
    ]
    return "; ".join(parts)


def _rows(found: VersionComparison, line: Line) -> Iterator[tuple[str, ...]]:
    for place, cell in enumerate(line.cells):
        name = f"{_name(found, cell.number)}{', best' if cell.number == line.best else ''}"
        yield "" if place else line.name, name, f"{cell.value:#.4g}", _interval(cell.low, cell.high, "#.4g"), _difference(cell)


def _difference(cell: Cell) -> str:
    if cell.difference is None or cell.standing is None:
        return ""
    if cell.standing is Contrast.SAME:
        return str(cell.standing)
    interval = _interval(cell.difference_low, cell.difference_high, "+.2g")
    return f"{cell.difference:+.2g}{f' ({interval})' if interval else ''}: {cell.standing}"


def _interval(low: float | None, high: float | None, form: str) -> str:
    return f"{low:{form}} to {high:{form}}" if low is not None and high is not None else ""


def _warnings(found: VersionComparison) -> Iterator[str]:
    for one in found.apart:
        yield f"v{one.number} is apart: {one.why} {one.fix}"
    if found.lines and not found.held_out:
        yield "They were measured on rows that they learned from: what is better there may be worse on new rows."


COMMANDS: Mapping[str, click.Command] = {"compare": compare}
