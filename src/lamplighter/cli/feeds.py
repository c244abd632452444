"""RUNNING: feeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, read
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.feed import Feed, FeedState


@click.group(cls=Noun)
def feeds() -> None:
    """The sources of data that models live on."""


@feeds.command("list")
@with_session
def list_(session: Session) -> Page:
    """Every source, those that are late, empty or broken first."""
    found = session.platform.feeds()
    wrong = sum(feed.state not in (FeedState.FRESH, FeedState.UNKNOWN) for feed in found)
    unknown = sum(feed.state is FeedState.UNKNOWN for feed in found)
    return Page(
        says=f"{len(found)} source{'' if len(found) == 1 else 's'}: {wrong} wrong, {unknown} never heard of.",
        data={"feeds": found},
        table=Table([_row(feed) for feed in found], ("SOURCE", "STATE", "OWNER", "MODELS", "WHY")),
        next=[f"lamp feeds show {found[0].name}"] if found else [],
    )


@feeds.command("show")
@click.argument("name", metavar="SOURCE")
@with_session
def show(session: Session, name: str) -> Page:
    """One source: how it stands, who owns it and which models need it."""
    return _page(session.platform.feed(name), session.address("/feeds"))


@feeds.command("push")
@click.argument("name", metavar="SOURCE", default="")
@click.option("--newest", default="", metavar="TIME", help="time of the newest row, such as 2026-03-01T08:00:00Z")
@click.option("--rows", type=click.IntRange(min=0), default=None, help="rows that came")
@click.option("--passed/--failed", default=None, help="whether the checks on it passed")
@click.option("--check", default="", help="what the checks say, in words without data")
@click.option("--schema", default="", metavar="NAME", help="how its columns are: a version, or a digest of them")
@click.option("--dbt", default="", metavar="FILE", help="run_results.json or sources.json of dbt")
@click.option("--expectations", default="", metavar="FILE", help="a validation result of Great Expectations")
@with_session
def push(
    session: Session,
    name: str,
    newest: str,
    rows: int | None,
    passed: bool | None,
    check: str,
    schema: str,
    dbt: str,
    expectations: str,
) -> Page:
    """Say what came of a source, or let a file say it: of SOURCE, or else of every source that the file names."""
    if dbt or expectations:
        if newest or rows is not None or passed is not None or check or schema or (dbt and expectations):
            raise _of_no_effect()
        return _pushed(session, _told(session, name, dbt, expectations))
    if not name:
        raise Invalid(
            "No source is named.", why="Only a file may speak of several.", fix="Name one of lamp feeds list.", code="E1239"
        )
    since = read(newest) if newest else 0
    return _page(session.platform.push_arrival(name, newest=since, rows=rows, passed=passed, check=check, schema=schema))


def _of_no_effect() -> Invalid:
    return Invalid(
        "Too much is said at once.",
        why="A file says by itself when, how many and whether the checks passed.",
        fix="Give one file, or the flags without a file.",
        code="E1238",
    )


def _told(session: Session, name: str, dbt: str, expectations: str) -> list[Any]:
    from lamplighter.sdk import check_files

    file = session.path(dbt or expectations)
    try:
        content = file.read_bytes() if file.stat().st_size <= check_files.LARGEST else b"\0" * (check_files.LARGEST + 1)
    except OSError as error:
        raise NotFound("The file cannot be read.", why=f"{error.strerror}.", fix="Name a file.", code="E1240") from None
    results = check_files.dbt(content) if dbt else check_files.expectations(content)
    known = [feed.name for feed in session.platform.feeds()]
    told = check_files.told(results, known, name)
    if not told:
        raise NotFound(
            "The file speaks of no source that a model needs.",
            why=f"It holds {len(results)} results. Known are {', '.join(known[:5]) or 'no sources'}.",
            fix="Name the source that it is about: lamp feeds push SOURCE --dbt FILE.",
            code="E1244",
        )
    return told


def _pushed(session: Session, told: Sequence[Any]) -> Page:
    stand = [
        session.platform.push_arrival(one.source, newest=one.newest, rows=one.rows, passed=one.passed, check=one.check[:500])
        for one in told
    ]
    if len(stand) == 1:
        return _page(stand[0])
    return Page(
        says=f"✓ {len(stand)} sources are told of.",
        data={"feeds": stand},
        table=Table([_row(feed) for feed in stand], ("SOURCE", "STATE", "OWNER", "MODELS", "WHY")),
        next=["lamp feeds list"],
    )


def _page(feed: Feed, url: str = "") -> Page:
    heard = feed.heard
    facts = [("owner", feed.owner or "nobody"), ("models", ", ".join(feed.models)), ("may be old", feed.freshness or "any age")]
    facts += [("newest row", local(heard.newest))] if heard.newest else []
    facts += [("rows", f"{heard.rows:,}")] if heard.rows is not None else []
    facts += [("checks", heard.check or "passed")] if heard.passed is not None else []
    facts += [("schema", heard.schema)] if heard.schema else []
    facts += [("told", local(heard.arrived_at) if heard.arrived_at else "never")]
    return Page(
        says=f"The source {feed.name} is {feed.state}. {feed.why}",
        data={"feed": feed},
        facts=facts,
        next=["lamp feeds list", f"lamp affected {feed.name}"],
        url=url,
    )


def _row(feed: Feed) -> Sequence[str]:
    return feed.name, feed.state, feed.owner, str(len(feed.models)), feed.why


COMMANDS: Mapping[str, click.Command] = {"feeds": feeds}
