"""RECORD: reproduce."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.refusal import FAILING, NotDone
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table

if TYPE_CHECKING:  # it brings what packs a model, which help does not need
    from lamplighter.sdk.reproduction import Reproduction

_UNCOMPARED = "not compared: the evaluation rows are others, or none were measured"
_SAME = {True: "same", False: "OTHER", None: "not recorded"}


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--repository", metavar="DIR", default=".", help="a clone of the git repository of its code; default: here")
@click.option("--folder", metavar="DIR", default="", help="a new folder for it; default: by the name of the version, here")
@ENV
@with_session
def reproduce(session: Session, reference: str, repository: str, folder: str, environment: str) -> Page:
    """Make a version again on this machine from what its record says: the commit of its code, in an environment of its own
    with the packages of its training. It runs the code of the project, as lamp check does. Exit 8 if it does not come out
    the same, 5 if an ingredient is missing. REF is such as churn@7, churn@live, or churn for the newest."""
    from lamplighter.sdk.reproduction import reproduce as made_again

    version = session.platform.version(reference, environment).version
    place = session.path(folder or f"reproduced-{version.model}-{version.number}")
    session.say(f"Making {version.name} again in {place} ...")
    found = made_again(session.platform, version.name, session.path(repository), place)
    return _told(found, session.address(f"/m/{version.model}/v/{version.number}"))


def _told(found: "Reproduction", url: str) -> Page:
    page = _page(found, url)
    if found.same or not found.changed:
        return page
    names = ", ".join(one.name for one in found.changed)
    raise NotDone(
        page,
        f"{found.version} was made of other things than those on record.",
        why=f"Changed since, or another each time: {names}.",
        fix="Bring back what is told as recorded, or let the training take it from its commit, and repeat.",
        code="E1626",
    )


def _page(found: "Reproduction", url: str) -> Page:
    others = [file.role for file in found.files if not file.same]
    largest = max((abs(one.difference) for one in found.differences), default=0.0)
    return Page(
        says=_sentence(found, others, largest),
        data={"reproduction": found, "same": found.same, "largest_difference": largest},
        facts=[
            *((one.name, f"{_SAME[one.same]}: {_between(one.recorded, one.found)}") for one in found.ingredients),
            *(
                (f"{file.role} file", f"{_SAME[file.same]}: {_between(file.recorded[:12], file.rebuilt[:12])}")
                for file in found.files
            ),
            *([] if found.differences else [("figures", _UNCOMPARED)]),
            ("folder", found.folder),
        ],
        table=Table(
            [_row(one.slice, one.metric, one.recorded, one.rebuilt, one.low, one.high) for one in found.differences],
            ("ROWS", "METRIC", "RECORDED", "INTERVAL", "AGAIN", "DIFFERENCE"),
            frozenset({2, 4, 5}),
        ),
        url=url,
        code=0 if found.same else FAILING,
    )


def _sentence(found: "Reproduction", others: list[str], largest: float) -> str:
    if found.same and found.recorded == found.rebuilt:
        return f"✓ {found.version} came out the same: every file, byte for byte, and so its digest."
    if found.same:
        return f"✓ Every file of {found.version} came out the same, byte for byte; its contract or its packages are others."
    figures = f" Its figures differ by {largest:.3g} at most." if found.differences else ""
    return f"{found.version} did not come out the same: {', '.join(others)} differ{'s' if len(others) == 1 else ''}.{figures}"


def _between(recorded: str, found: str) -> str:
    return recorded if recorded == found else f"recorded {recorded or 'none'}, now {found or 'none'}"


def _row(part: str, metric: str, recorded: float, rebuilt: float, low: float | None, high: float | None) -> tuple[str, ...]:
    interval = "-" if low is None or high is None else f"{low:.4g} to {high:.4g}"
    return part or "all", metric, f"{recorded:.6g}", interval, f"{rebuilt:.6g}", f"{rebuilt - recorded:+.3g}"


COMMANDS: Mapping[str, click.Command] = {"reproduce": reproduce}
