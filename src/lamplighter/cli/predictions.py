"""RUNNING: predictions: what models have answered."""

from collections.abc import Mapping
from typing import Any

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, model_of, place_beside
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def predictions() -> None:
    """What models have answered: those that run elsewhere bring it, and rows are taken out."""


@predictions.command("push")
@click.argument("reference", metavar="REF")
@click.argument("file", metavar="FILE|-")
@ENV
@click.option("--id", "identity", default="id", show_default=True, metavar="COLUMN", help="the id that labels name")
@click.option("--time", default="time", show_default=True, metavar="COLUMN", help="when it was answered")
@click.option("--score", default="score", show_default=True, metavar="COLUMN", help="what was answered")
@click.option("--consumer", default="", metavar="COLUMN", help="who asked")
@click.option("--latency", default="", metavar="COLUMN", help="milliseconds that the answer took")
@click.option("--failure", default="", metavar="COLUMN", help="why the model failed, where it has no score")
@click.option("--from", "start", default=0, type=click.IntRange(min=0), metavar="ROW", help="go on behind so many rows")
@click.option("--rows", default=5_000, type=click.IntRange(1, 10_000), metavar="N", help="rows of one request")
@with_session
def push(session: Session, /, reference: str, file: str, environment: str, **options: object) -> Page:
    """Send predictions: .parquet, .arrow, .csv, .jsonl, or JSON lines from stdin (-). The same ones may be sent again."""
    from lamplighter.cli.pushed import pushed_page

    return pushed_page(session, reference, file, environment, options)


@predictions.command("rows")
@click.argument("reference", metavar="REF")
@click.option("--incident", default="", metavar="INCIDENT", help="those behind an incident, such as I-31")
@click.option("--where", "condition", default="", metavar="CONDITION", help="such as 'origin = EWR, delay > 20'")
@ENV
@click.option("--version", "number", default=0, type=click.IntRange(min=0), metavar="N", help="of one version only")
@click.option("--from", "start", default="", metavar="TIME", help="that happened from then on")
@click.option("--to", "end", default="", metavar="TIME", help="that happened before then")
@click.option("--limit", default=10_000, show_default=True, metavar="N", help="of more rows an even sample; 50,000 at most")
@click.option("--out", default="", metavar="FILE", help="write them: .parquet, .csv, .arrow or .json")
@with_session
def rows(session: Session, /, reference: str, environment: str, start: str, end: str, out: str, **more: Any) -> Page:
    """Rows that a model was asked for: inputs, score, decision and what came true. It takes the permission rows."""
    from lamplighter.cli import instants
    from lamplighter.cli.pages.rows import rows_page, written_page
    from lamplighter.sdk.frame import check_form, frame_of

    model = model_of(reference)
    if out:
        check_form(session.path(out))
    place = place_beside(session, model, environment, more["incident"])
    more |= {name: instants.read(text) for name, text in (("start", start), ("end", end)) if text}
    found = session.platform.rows(model, place, **more)
    url = session.address(f"/incidents/{found.incident}" if found.incident else f"/m/{model}")
    if not out:
        return rows_page(found, url)
    frame_of(found).write(session.path(out))
    return written_page(found, out, url)


COMMANDS: Mapping[str, click.Command] = {"predictions": predictions}
