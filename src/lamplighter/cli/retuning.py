"""MANAGEMENT: retune."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.instants import local, read
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, recorded_place
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import parse_reference
from lamplighter.domain.retuning import Retuning, Turned


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--threshold", type=float, required=True, help="decisions are positive from this score on")
@click.option("--reason", default="", help="why, for the record and for whoever accepts it")
@click.option("--since", default="", metavar="T", help="count answers from here on only; default: all that are kept")
@click.option("--dry-run", is_flag=True, help="say what would turn, and make no version")
@ENV
@with_session
def retune(
    session: Session, reference: str, threshold: float, reason: str, since: str, dry_run: bool, environment: str
) -> Page:
    """Make a version of the same files that decides at another threshold.

    Says for each consumer how many of the decisions on record turn. The new version passes the same gates as any other;
    nothing that is live changes.
    """
    model = parse_reference(reference).model
    place = recorded_place(session, model, environment)
    start = read(since) if since else 0
    if dry_run:
        found = session.platform.retuning(reference, place, threshold, start)
        again = f"lamp retune {reference} --threshold {threshold:g} --reason WHY"
        return _page(session, found, f"{_at(found)} {found.sentence}", {"retuning": found}, (again, found.number))
    if not reason:
        raise Invalid(
            "A new threshold needs a reason.",
            why="Whoever is asked to accept it has to know what it is for.",
            fix="Add --reason, or see what it would turn with --dry-run.",
            code="E1546",
        )
    made = session.platform.retune(reference, place, threshold, reason, start)
    says = f"✓ {made.version.name} is v{made.retuning.number} at {threshold:g}. {made.retuning.sentence}"
    following = f"lamp deploy {made.version.name} --env {place}", made.version.number
    return _page(session, made.retuning, says, {"retuned": made}, following)


def _at(found: Retuning) -> str:
    return f"v{found.number} at {found.after:g} instead of {found.before:g}:"


def _page(session: Session, found: Retuning, says: str, data: Mapping[str, object], following: tuple[str, int]) -> Page:
    """`following` is the command that comes next, and the number of the version whose page shows it."""
    cut = [] if found.looked_through >= 1.0 else [f"There was time for {found.looked_through:.0%} of the log only."]
    return Page(
        says=says,
        data=data,
        facts=[*_figures(found), *([("on record", f"{local(found.start)} to {local(found.end)}")] if found.end else [])],
        table=Table(
            [_row(name, one) for name, one in found.consumers.items()],
            ("CONSUMER", "ROWS", "TO POSITIVE", "TO NEGATIVE", "TURNED", "DECIDES AT"),
            right=frozenset({1, 2, 3, 4}),
        ),
        warnings=cut,
        next=following[:1],
        url=session.address(f"/m/{found.model}/v/{following[1]}"),
    )


def _figures(found: Retuning) -> list[tuple[str, str]]:
    """What the labelled rows say of the decisions before and after."""
    return [
        (f"{name}{f' where {part}' if part else ''}", f"{one.before:.4f} -> {one.after:.4f} on {one.n:,} rows")
        for part, figures in found.figures.items()
        for name, one in figures.items()
    ]


def _row(name: str, one: Turned) -> tuple[str, ...]:
    before, after = one.thresholds.before, one.thresholds.after
    at = "its own" if before == after else "the version's"
    return name, f"{one.rows:,}", f"{one.up:,}", f"{one.down:,}", f"{one.share:.1%}", f"{at} {after:g}"


COMMANDS: Mapping[str, click.Command] = {"retune": retune}
