"""DAILY: import: models of another registry become models here."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group("import", cls=Noun)
def import_() -> None:
    """Models of another registry become models here."""


@import_.command("mlflow")
@click.argument("server", metavar="URL")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="every registered model of the server")
@click.option("--versions", default="", metavar="WHICH", help="all, live or a number; default: the one in use, else the newest")
@click.option("--owner", default="", metavar="WHO", help="owner of every stage of new models: a person or a team")
@click.option("--file", default="", metavar="FILE", help="names, owners, samples and classes of models, as TOML")
@click.option("--trust", is_flag=True, help="take what runs code when opened, signed, for closed processes")
@click.option("--dry-run", is_flag=True, help="read and pack everything, and send nothing")
@with_session
def mlflow(session: Session, /, server: str, names: tuple[str, ...], **options: object) -> Page:
    """Bring in registered models of an MLflow server: their files, descriptions, tags, figures and origin. Each passes what
    every version passes, and nothing goes live. Again, it brings in what is new. MLFLOW_TRACKING_TOKEN says who asks, or
    MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. Exit 5 if some were not brought in."""
    from lamplighter.cli.imported import imported_page

    return imported_page(session, server, names, options)


COMMANDS: Mapping[str, click.Command] = {"import": import_}
