"""RECORD: card."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.session import Session, with_session

#: What the file of a form is called behind the name of its version.
_ENDINGS: Mapping[str, str] = {"html": ".html", "md": ".md", "hf": "-README.md"}


@click.group(cls=Noun)
def card() -> None:
    """The model file of a version: everything on record of it."""


@card.command("show")
@click.argument("reference", metavar="REF")
@ENV
@with_session
def show(session: Session, reference: str, environment: str) -> Page:
    """Problem, data, figures, checks, words, rollouts, incidents, owners and history of a version. REF is such as churn@7,
    churn@live, or churn for the newest."""
    from lamplighter.sdk.card import markdown

    found = session.platform.card(reference, environment)
    return Page(
        says=f"{found.version}: {found.summary or 'It has no summary.'}",
        data={"card": found},
        text=markdown.written(found),
        next=[f"lamp card export {found.version} --as html"],
        url=session.address(f"/m/{found.model}/v/{found.number}/card"),
    )


@card.command("export")
@click.argument("reference", metavar="REF")
@click.option(
    "--as", "form", metavar="FORM", default="html", show_default=True, help="html, md, or hf for the Hugging Face Hub"
)
@click.option("--out", metavar="FILE", default="", help="where to; default: by the name of the version, here")
@ENV
@with_session
def export(session: Session, reference: str, form: str, out: str, environment: str) -> Page:
    """Write the model file of a version, signed by the platform, into a new file that lamp audit verify checks."""
    from lamplighter.cli.exported import check_new
    from lamplighter.cli.verifier import check_card
    from lamplighter.domain.names import unknown
    from lamplighter.sdk.card import CardForm

    if form not in set(CardForm):
        raise unknown("form of the model file", form, list(CardForm))
    # The version is asked for once, so that a name such as @live means the same in both answers.
    known = session.platform.version(reference, environment).version
    path = session.path(out or f"{known.model}-{known.number}{_ENDINGS[form]}")
    check_new(path)
    content = session.platform.card_file(known.name, CardForm(form))
    with path.open("xb") as file:
        file.write(content)
    key = check_card(content).key
    return Page(
        says=f"✓ The model file of {known.name} is in {path}.",
        data={"version": known.name, "file": str(path), "bytes": len(content), "key": key},
        facts=[("key", key), ("keep it", "apart from the file: who has it sees a file that another key has signed")],
        next=[f"lamp audit verify {path} --head {key}"],
        url=session.address(f"/m/{known.model}/v/{known.number}/card"),
    )


COMMANDS: Mapping[str, click.Command] = {"card": card}
