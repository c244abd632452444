"""MANAGEMENT: recalibrate."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.instants import read
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, recorded_place
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Invalid
from lamplighter.domain.instant import days
from lamplighter.domain.names import parse_reference
from lamplighter.domain.recalibration import Fit, LabelledDays, Recalibration
from lamplighter.domain.retuning import Turned


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--reason", default="", help="why, for the record and for whoever accepts it")
@click.option("--since", default="", metavar="T", help="rows of whole days from here on only; default: all that are kept")
@click.option(
    "--fit",
    type=click.Choice([fit.value for fit in Fit]),
    default=Fit.LOGISTIC.value,
    help="fit intercept and slope, or shift the mean alone",
)
@click.option("--show", is_flag=True, help="say what it would change, and make no version")
@ENV
@with_session
def recalibrate(session: Session, reference: str, reason: str, since: str, fit: str, show: bool, environment: str) -> Page:
    """Make a version of the same model whose scores are calibrated on what came true.

    Fitted on the earlier half of the labelled rows and judged on the later half. The new version passes the same gates;
    nothing that is live changes.
    """
    model = parse_reference(reference).model
    place, start = recorded_place(session, model, environment), read(since) if since else 0
    if show:
        found = session.platform.recalibration(reference, place, Fit(fit), start)
        flags = ("" if found.fit is Fit.LOGISTIC else f" --fit {fit}") + (f" --since {since}" if since else "")
        again = f"lamp recalibrate {reference}{flags} --reason WHY"
        return _page(session, found, f"v{found.number}: {found.sentence}", {"recalibration": found}, (again, found.number))
    if not reason:
        raise Invalid(
            "A calibration needs a reason.",
            why="Whoever is asked to accept it has to know what it is for.",
            fix="Add --reason, or see what it would change with --show.",
            code="E1205",
        )
    made = session.platform.recalibrate(reference, place, reason, Fit(fit), start)
    says = f"✓ {made.version.name} is v{made.recalibration.number} calibrated. {made.recalibration.sentence}"
    following = f"lamp deploy {made.version.name} --env {place}", made.version.number
    return _page(session, made.recalibration, says, {"recalibrated": made}, following)


def _page(session: Session, found: Recalibration, says: str, data: Mapping[str, object], following: tuple[str, int]) -> Page:
    """`following` is the command that comes next, and the number of the version whose page shows it."""
    cut = [] if found.looked_through >= 1.0 else [f"There was time for {found.looked_through:.0%} of the log only."]
    cut += [found.left_out] if found.left_out else []
    return Page(
        says=says,
        data=data,
        facts=_facts(found),
        table=Table(
            [_row(name, one) for name, one in found.consumers.items()],
            ("CONSUMER", "ROWS", "TO POSITIVE", "TO NEGATIVE", "TURNED", "DECIDES AT"),
            right=frozenset({1, 2, 3, 4, 5}),
        ),
        warnings=cut,
        next=following[:1] if found.is_better else (),
        url=session.address(f"/m/{found.model}/v/{following[1]}"),
    )


def _facts(found: Recalibration) -> list[tuple[str, str]]:
    """The line, the rows it rests on, and the figures of those that it has not seen."""
    rank = "" if found.auc is None else f", AUC {found.auc:.4f} before and after"
    figures = [
        (f"{name}{f' where {part}' if part else ''}", f"{one.before:.4f} -> {one.after:.4f} on {one.n:,} rows")
        for part, by_name in found.figures.items()
        for name, one in by_name.items()
    ]
    return [
        ("log-odds", f"{found.fitted.intercept:+.4f} {found.fitted.slope:+.4f} x, the order of scores stays{rank}"),
        ("fitted on", _rows(found.seen)),
        ("judged on", _rows(found.unseen)),
        *figures,
    ]


def _rows(part: LabelledDays) -> str:
    return f"{part.rows:,} rows of {days(part.start, part.end)}, {part.positives:,} of them positive"


def _row(name: str, one: Turned) -> tuple[str, ...]:
    at = "" if one.thresholds.after is None else f"{one.thresholds.after:g}"
    return name, f"{one.rows:,}", f"{one.up:,}", f"{one.down:,}", f"{one.share:.1%}", at


COMMANDS: Mapping[str, click.Command] = {"recalibrate": recalibrate}
