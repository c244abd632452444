"""RUNNING: vulnerabilities."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Conflict
from lamplighter.domain.instant import day
from lamplighter.domain.vulnerability import Exposed, Vulnerability


@click.command(cls=Verb)
@click.argument("reference", metavar="[REF]", default="")
@ENV
@with_session
def vulnerabilities(session: Session, reference: str, environment: str) -> Page:
    """What advisories know of the packages of a version, or of every version that is live."""
    return _of_version(session, reference, environment) if reference else _of_all(session)


def _of_version(session: Session, reference: str, environment: str) -> Page:
    view = session.platform.version(reference, environment)
    version, known = view.version, view.exposure
    if known is None:
        raise _none_here()
    loads = "" if version.manifest.loads_packages else " None of them is loaded where it answers."
    return Page(
        says=f"{version.name}: {len(known.found)} known in {known.packages} packages, as of {day(known.newest)}.{loads}",
        data={"version": version.name, "exposure": known, "loads": version.manifest.loads_packages},
        table=_table(known.found),
        url=session.address(f"/m/{version.model}/v/{version.number}#lock"),
    )


def _of_all(session: Session) -> Page:
    known = session.platform.vulnerabilities()
    if known.load is None:
        raise _none_here()
    rows = [row for one in known.live for row in _rows(one)]
    many = len(known.live)
    says = f"{many} live version{'' if many == 1 else 's'} with packages that something is known about"
    return Page(
        says=f"{says}, as of {day(known.load.newest)}.",
        data={"load": known.load, "live": known.live},
        table=Table(rows, ("VERSION", "IN", "LOADED", "WEIGHT", "PACKAGE", "ADVISORY", "MENDED IN")),
        next=[f"lamp vulnerabilities {one.model}@{one.number}" for one in known.live[:1]],
    )


def _none_here() -> Conflict:
    return Conflict(
        "No advisories are here.",
        why="Nobody has told this platform yet what is known of packages.",
        fix="Load them on its machine: lamp admin advisories FILE",
        code="E1892",
    )


def _rows(one: Exposed) -> list[tuple[str, ...]]:
    place = f"{one.model}@{one.number}", one.environment, "yes" if one.loads else "no"
    return [(*place, *_cells(known)[:4]) for known in one.exposure.found]


def _table(found: Sequence[Vulnerability]) -> Table:
    return Table([_cells(one) for one in found], ("WEIGHT", "PACKAGE", "ADVISORY", "MENDED IN", "WHAT"))


def _cells(one: Vulnerability) -> tuple[str, ...]:
    return one.weight.value, f"{one.package} {one.version}", one.advisory, one.mended or "-", one.summary


COMMANDS: Mapping[str, click.Command] = {"vulnerabilities": vulnerabilities}
