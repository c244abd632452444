"""RECORD: card."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.session import Session, with_session

if TYPE_CHECKING:  # help needs no version
    from lamplighter.domain.version import Version

#: What the file of a form is called behind the name of its version.
_ENDINGS: Mapping[str, str] = {"html": ".html", "md": ".md", "hf": "-README.md", "google": ".json"}
#: The form that has no place for a signature.
_UNSIGNED = "google"


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
    "--as",
    "form",
    metavar="FORM",
    default="html",
    show_default=True,
    help="html, md, hf for the Hugging Face Hub, or google for its Model Card Toolkit",
)
@click.option("--out", metavar="FILE", default="", help="where to; default: by the name of the version, here")
@ENV
@with_session
def export(session: Session, reference: str, form: str, out: str, environment: str) -> Page:
    """Write the model file of a version, signed by the platform, into a new file that lamp audit verify checks. The form google
    is JSON for tools, of the schema v0.0.2 of the Model Card Toolkit; it has no place for a signature."""
    from lamplighter.cli.exported import check_new
    from lamplighter.cli.verifier import check_card
    from lamplighter.domain.names import unknown
    from lamplighter.sdk.card import CardForm

    if form not in {*CardForm, _UNSIGNED}:
        raise unknown("form of the model file", form, [*CardForm, _UNSIGNED])
    # The version is asked for once, so that a name such as @live means the same in both answers.
    known = session.platform.version(reference, environment).version
    path = session.path(out or f"{known.model}-{known.number}{_ENDINGS[form]}")
    check_new(path)
    if form == _UNSIGNED:
        return _for_tools(session, known, path)
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


def _for_tools(session: Session, version: "Version", path: Path) -> Page:
    from lamplighter.sdk.card import google

    platform = session.platform
    content = google.written(platform.bom(version.name), version, platform.who(version.model).ownership)
    with path.open("xb") as file:
        file.write(content)
    return Page(
        says=f"✓ The model file of {version.name} is in {path}, for tools and without a signature.",
        data={"version": version.name, "file": str(path), "bytes": len(content)},
        next=[f"lamp card export {version.name} --as html"],
        url=session.address(f"/m/{version.model}/v/{version.number}/card"),
    )


COMMANDS: Mapping[str, click.Command] = {"card": card}
