"""DAILY: adopt: a model that runs elsewhere becomes one of ours, in everything but serving."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("name", metavar="NAME")
@click.option("--reference", required=True, metavar="FILE", help="rows it has scored: .parquet, .csv or .arrow")
@click.option("--score", required=True, metavar="COLUMN", help="the column with its answer")
@click.option("--label", default="", metavar="COLUMN", help="the column with what really happened")
@click.option("--ignore", "ignored", multiple=True, metavar="COLUMN", help="a column that is no input; may be given often")
@click.option("--nullable", multiple=True, metavar="COLUMN", help="an input that may be empty; may be given often")
@click.option("--number", is_flag=True, help="it answers with a number, not with a probability")
@click.option("--classes", default="0,1", show_default=True, metavar="NO,YES", help="names of the two classes, negative first")
@click.option("--threshold", default=0.5, show_default=True, help="from this score on the decision is positive")
@click.option("--held-out", is_flag=True, help="it was not trained on these rows")
@click.option("--at", required=True, metavar="WHERE", help="where it runs, in words or as an address")
@click.option("--back", default="", metavar="WORDS", help="how somebody returns to the version before, there")
@click.option("--output", default="", metavar="NAME", help="output of its payloads that holds the score")
@click.option("--place", default=-1, show_default=True, help="place of the score in the answer to a row; -1 is the last")
@click.option("--note", default="", help="what is new, in one sentence")
@with_session
def adopt(session: Session, /, name: str, reference: str, at: str, **options: object) -> Page:
    """Register a version of a model that runs elsewhere. Its contract and its reference come from rows that it has scored."""
    from lamplighter.cli.adopted import adopted_page

    return adopted_page(session, model_of(name), session.path(reference), at, options)


COMMANDS: Mapping[str, click.Command] = {"adopt": adopt}
