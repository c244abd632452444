"""MANAGEMENT: quarantine."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, read, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.quarantine import Quarantine


@click.group(cls=Noun)
def quarantine() -> None:
    """Spans of time whose rows no training is given."""


@quarantine.command("add")
@click.argument("reference", metavar="REF")
@click.option("--from", "start", required=True, metavar="T", help="first instant of event time, such as 2026-03-01")
@click.option("--to", "end", required=True, metavar="T", help="instant behind the span")
@click.option("--reason", required=True, help="what is wrong with these rows, for the record")
@with_session
def add(session: Session, reference: str, start: str, end: str, reason: str) -> Page:
    """Give the rows of a span of event time to no training from now on. What is running goes on."""
    model = model_of(reference)
    added = session.platform.quarantine(model, read(start), read(end), reason)
    return Page(
        says=f"✓ {added.id}: no training of {model} is given rows from {local(added.start)} to {local(added.end)}.",
        data={"quarantine": added},
        next=[f"lamp quarantine list {model}", f"lamp quarantine lift {added.id} --reason WHY"],
        url=session.address(f"/m/{model}"),
    )


@quarantine.command("list")
@click.argument("reference", metavar="REF")
@click.option("--lifted", is_flag=True, help="also those whose rows count again")
@with_session
def list_(session: Session, reference: str, lifted: bool) -> Page:
    """Spans that trainings of a model are not given, newest first."""
    model = model_of(reference)
    found = session.platform.quarantines(model, lifted)
    holding = [one for one in found if one.holds]
    held = f"{len(holding)} {'span' if len(holding) == 1 else 'spans'}"
    return Page(
        says=f"Trainings of {model} are not given the rows of {held}." if holding else f"Nothing of {model} is quarantined.",
        data={"quarantines": found},
        table=Table([_row(one) for one in found], ("KEY", f"FROM ({zone()})", "TO", "NOW", "WHY")),
        next=[f"lamp quarantine lift {one.id} --reason WHY" for one in holding[:1]],
        url=session.address(f"/m/{model}"),
    )


@quarantine.command("lift")
@click.argument("key", metavar="QUARANTINE")
@click.option("--reason", required=True, help="why its rows count again, for the record")
@with_session
def lift(session: Session, key: str, reason: str) -> Page:
    """Let the rows of a span such as Q-3 count again."""
    after = session.platform.lift_quarantine(key, reason)
    return Page(
        says=f"✓ {after.id} is lifted: trainings of {after.model} are given its rows again.",
        data={"quarantine": after},
        next=[f"lamp quarantine list {after.model}"],
        url=session.address(f"/m/{after.model}"),
    )


def _row(one: Quarantine) -> tuple[str, ...]:
    end = short(one.end) if one.end else "its incident is over"
    now = f"lifted by {one.lifted_by}" if one.lifted_at else "holds"
    return one.id, short(one.start), end, now, one.reason


COMMANDS: Mapping[str, click.Command] = {"quarantine": quarantine}
