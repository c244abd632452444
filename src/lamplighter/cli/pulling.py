"""RECORD: pull: a version as a folder that is checked without any platform."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.refusal import FAILING, NotDone
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.argument("target", metavar="[DIR]", default="")
@click.option("--trust", is_flag=True, help="let the check open a model whose opening runs code")
@ENV
@with_session
def pull(session: Session, reference: str, target: str, trust: bool, environment: str) -> Page:
    """Write a version into a new folder: its files byte for byte as they are served, its packages, its sample, and verify.py,
    which checks all of it without any platform. REF is such as churn@7, churn@live, or churn for the newest. Exit 8 if it does
    not answer as it did."""
    from lamplighter.sdk.pulling import pull as pulled

    version = session.platform.version(reference, environment).version
    place = session.path(target or f"{version.model}-{version.number}")
    found = pulled(session.platform, version.name, place, trust=trust)
    page = Page(
        says=f"✓ {found.version} is in {place}: {found.files} files, {found.size:,} bytes.",
        data={"pulled": found},
        facts=[("checked" if number == 0 else "", line) for number, line in enumerate(found.said)],
        next=[f"python {place}/verify.py"],
        url=session.address(f"/m/{version.model}/v/{version.number}"),
        code=FAILING if found.code in (1, 2) else 0,
    )
    if not page.code:
        return page
    raise NotDone(
        page,
        f"{found.version} does not answer here as it did.",
        why="The files are those of the version; this machine, or a package on it, differs from where it was registered.",
        fix="Check it where the packages of its requirements.txt are; see its verify.py.",
        code="E1458",
    )


COMMANDS: Mapping[str, click.Command] = {"pull": pull}
