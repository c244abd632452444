"""RECORD: report."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.instants import lasted, local, read
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.delivery import Delivery, DeliveryReport, Waited
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid


@click.command(cls=Verb)
@click.option("--since", default="30d", show_default=True, metavar="WHEN", help="a time, or how long back, such as 90d")
@click.option("--until", default="now", show_default=True, metavar="TIME", help="a time; it is not within")
@click.option("--waiting", is_flag=True, help="who and what was waited for, instead of the figures by team and tier")
@click.option("--out", metavar="FILE", default="", help="write all of it into a new .csv file, each figure with its meaning")
@with_session
def report(session: Session, since: str, until: str, waiting: bool, out: str) -> Page:
    """How fast and how safely versions reach production, what that asks of people, and who is waited for."""
    end = read(until)
    found = session.platform.delivery(_begin(since, end), end)
    if out:
        _write(session, out, found)
    total = found.total
    facts = [
        ("period", f"{local(found.since)} to {local(found.until)}"),
        ("lead time", f"{_lasted(total.lead_time)} in the middle, nine of ten within {_lasted(total.lead_time_slow)}"),
        ("change-fail rate", f"{_share(total.fail_rate)} ({total.failed} of {total.releases})"),
        ("restore time", _lasted(total.restore_time)),
        ("people", f"{total.decisions} decisions; at most {_minutes(total.minutes_each)} a release"),
        *([("by itself", _by_itself(total))] if total.auto_approved or total.checked else []),
        ("slowest", found.slowest),
    ]
    return Page(
        says=f"{total.releases} {'release' if total.releases == 1 else 'releases'} to production, {total.per_week:.1f} a week.",
        data={"report": found, "slowest": found.slowest},
        facts=[*facts, *([("file", out)] if out else [])],
        table=_waits(found) if waiting else _figures(found),
        next=[] if waiting else [f"lamp report --since {since} --waiting"],
        url=session.address("/report"),
    )


def _by_itself(total: Delivery) -> str:
    return f"{total.auto_approved} accepted by the platform; {total.checked} spot checks judged, {total.found_bad} of them bad"


def _begin(since: str, end: int) -> int:
    if since[:-1].isdecimal():
        return end - int(seconds(since) * 1_000_000)
    return read(since)


def _write(session: Session, out: str, found: DeliveryReport) -> None:
    from lamplighter.sdk.delivery import csv_of

    try:
        with session.path(out).open("xb") as file:
            file.write(csv_of(found))
    except OSError as error:
        raise Invalid(
            f"The file {out} cannot be written.",
            why=f"It gives {type(error).__name__}.",
            fix="Name a new file in a folder that is there.",
            code="E1281",
        ) from None


def _figures(found: DeliveryReport) -> Table:
    rows = [_row(row) for row in found.rows if row.releases or row.stopped or row.decisions]
    return Table(rows, ("TEAM", "TIER", "LIVE", "LEAD", "FAILED", "RESTORED", "MIN", "WAITED"), frozenset(range(2, 8)))


def _row(row: Delivery) -> tuple[str, ...]:
    return (
        row.team or "nobody",
        row.tier,
        str(row.releases),
        _lasted(row.lead_time),
        _share(row.fail_rate),
        _lasted(row.restore_time),
        _number(row.minutes_each),
        _lasted(row.waited),
    )


def _waits(found: DeliveryReport) -> Table:
    rows = [_wait(one.person or "nobody yet", one, f"{one.alone:.1f}") for one in found.approvers]
    rows += [_wait("-", one, "-") for one in found.gates]
    return Table(rows, ("WAITED FOR", "WHOSE WORD", "RELEASES", "HOURS", "ALONE"), frozenset((2, 3, 4)))


def _wait(person: str, one: Waited, alone: str) -> tuple[str, ...]:
    return one.what, person, str(one.rollouts), f"{one.hours:.1f}", alone


def _lasted(length: float | None) -> str:
    return "-" if length is None else lasted(length)


def _share(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _minutes(length: float | None) -> str:
    return "-" if length is None else f"{length:.1f} min"


COMMANDS: Mapping[str, click.Command] = {"report": report}
