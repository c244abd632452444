"""RUNNING: predictions: what a model that runs elsewhere has answered."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def predictions() -> None:
    """What a model that runs elsewhere has answered."""


@predictions.command("push")
@click.argument("reference", metavar="REF")
@click.argument("file", metavar="FILE|-")
@click.option("--env", "environment", envvar="LAMP_ENV", default="", metavar="ENV", help="where; default: most protected")
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


COMMANDS: Mapping[str, click.Command] = {"predictions": predictions}
