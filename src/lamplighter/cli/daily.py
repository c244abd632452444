"""DAILY: check, status, list, try, open, explain."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, model_of
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("path", default=".")
@with_session
def check(session: Session, path: str) -> Page:
    """Build, pack and judge the model of a folder on this machine, without any platform. Exit 5 if a gate does not pass."""
    from lamplighter.cli.offline import check_page, prepared

    return check_page(prepared(session, path))


@click.command(cls=Verb)
@click.argument("reference", metavar="[REF]", default="")
@with_session
def status(session: Session, reference: str) -> Page:
    """How a model is, on one screen; without REF, all models that are not healthy. Exit 8 if one is failing."""
    from lamplighter.cli.pages.status import status_page

    if not reference:
        return _fleet_status(session)
    model = model_of(reference)
    return status_page(session.platform.status(model), session.address(f"/m/{model}"))


def _fleet_status(session: Session) -> Page:
    from dataclasses import replace

    from lamplighter.cli.pages.fleet import fleet_page
    from lamplighter.domain.stage import Aspect, Status

    seen = session.platform.fleet()
    rows = [row for row in seen.rows if row.status[Aspect.OVERALL] is not Status.HEALTHY]
    failing = seen.counts.get(Status.FAILING, 0)
    return replace(fleet_page(seen, rows, session.address("/")), code=FAILING if failing else 0)


@click.command("list", cls=Verb)
@click.option("--needs", metavar="WHO", default="", help="only models that need this person now: me, or an e-mail address")
@click.option("--status", "only", metavar="STATUS", default="", help="only models that are failing, watch, unknown or healthy")
@click.option("--tier", metavar="TIER", default="", help="only models of this criticality")
@click.option("--gap", metavar="GAP", default="", help="only models whose monitors miss this: silent, unlabelled, stale, any")
@click.option("--lack", metavar="LACK", default="", help="only models that lack this: owner, deputy, review")
@click.option("--search", metavar="TEXT", default="", help="only models whose name or summary holds this text")
@click.option("--retired", is_flag=True, help="only models that were retired; they are left out otherwise")
@click.option("--page", type=click.IntRange(min=1), default=1, help="which hundred models")
@with_session
def list_models(
    session: Session, needs: str, only: str, tier: str, gap: str, lack: str, search: str, retired: bool, page: int
) -> Page:
    """All models, those that need you first and then the worst."""
    from lamplighter.cli.pages.fleet import fleet_page

    seen = session.platform.fleet(search, only, page, tier, needs, gap, lack, retired)
    narrowed = any((needs, only, tier, gap, lack, search, retired))
    return fleet_page(seen, seen.rows, session.address("/"), narrowed=narrowed)


@click.command("try", cls=Verb)
@click.argument("reference", metavar="REF")
@click.argument("file", metavar="[FILE|-]", default="")
@ENV
@with_session
def try_model(session: Session, reference: str, file: str, environment: str) -> Page:
    """Score rows: JSON objects from FILE or from stdin (-), or one random row of the version's sample."""
    from lamplighter.cli.scoring import scored_page

    return scored_page(session, reference, file, environment)


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@ENV
@click.option("--rows", default=5_000, type=click.IntRange(1, 10_000), metavar="N", help="rows of one request")
@click.option("--resume", is_flag=True, help="go on with a table that was begun before")
@with_session
def score(session: Session, reference: str, source: str, target: str, environment: str, rows: int, resume: bool) -> Page:
    """Score a table of any size (.parquet, .csv, .arrow) through the live version, its contract and its log."""
    from lamplighter.cli.scoring import table_page

    return table_page(session, reference, source, target, environment, rows=rows, resume=resume)


@click.command("open", cls=Verb)
@click.argument("reference", metavar="[REF]", default="")
@with_session
def open_page(session: Session, reference: str) -> Page:
    """Open the page of a model, or of all models, in the browser."""
    from lamplighter.cli.opening import opened_page

    return opened_page(session, reference)


@click.command(cls=Verb)
@click.argument("code", metavar="CODE")
@with_session
def explain(_: Session, code: str) -> Page:
    """What an error code means and what to do about it. Needs no platform."""
    from lamplighter.cli.explanations import explanation_of

    found = explanation_of(code)
    return Page(
        says=f"{found.code}  {found.title}",
        data={"code": found.code, "title": found.title, "meaning": found.meaning, "fix": found.fix},
        facts=[("Means", found.meaning), ("Fix", found.fix)],
    )


COMMANDS: Mapping[str, click.Command] = {
    "check": check,
    "status": status,
    "list": list_models,
    "try": try_model,
    "score": score,
    "open": open_page,
    "explain": explain,
}
