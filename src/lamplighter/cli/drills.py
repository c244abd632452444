"""RUNNING: drill."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, main_place
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.session import Session, with_session
from lamplighter.domain.names import parse_reference


@click.group(cls=Noun)
def drill() -> None:
    """Practise what is declared for bad days, while the day is good."""


@drill.command("outage")
@click.argument("reference", metavar="REF")
@ENV
@with_session
def outage(session: Session, reference: str, environment: str) -> Page:
    """Ask for the answer that callers would get in an outage. Only the drill's own requests are touched."""
    parsed = parse_reference(reference)
    place = main_place(session, parsed.model, environment)
    named = reference if parsed.selector is not None else f"{reference}@live"
    held = session.platform.drill_outage(named, place)
    return Page(
        says=f"{'✓' if held.passed else '✗'} {held.kept} of {held.requests} requests were answered as declared: {held.answer}.",
        data={"drill": held},
        facts=[
            *([("why", held.why)] if held.why else []),
            ("answers", ", ".join(f"{score:g}" for score in held.scores[:5]) or "none"),
            ("others", f"{held.untouched} of {held.ordinary} ordinary requests were answered by the version itself"),
            ("slowest", f"{held.slowest * 1000:.0f} ms"),
        ],
        next=[f"lamp status {parsed.model}"],
        url=session.address(f"/m/{parsed.model}"),
        code=0 if held.passed else FAILING,
    )


COMMANDS: Mapping[str, click.Command] = {"drill": drill}
