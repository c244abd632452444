"""GOVERNANCE: validate."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.validation import counted, facts, state
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.validation import ValidationFinding, Weight

_WEIGHT = click.option(
    "--severity", type=click.Choice([weight.value for weight in Weight]), required=True, help="how much it matters"
)


@click.group(cls=Noun)
def validate() -> None:
    """What validators outside the building team find of a model, and how it is mended."""


@validate.command("find")
@click.argument("reference", metavar="REF")
@_WEIGHT
@click.option("--words", required=True, help="what you found, and how one sees it")
@click.option("--owner", required=True, metavar="EMAIL", help="who has to mend it")
@click.option("--days", type=click.IntRange(0, 3650), default=0, metavar="N", help="time to answer; default: by the rule book")
@with_session
def find(session: Session, reference: str, severity: str, words: str, owner: str, days: int) -> Page:
    """Write down, as a validator, what you found of a version such as churn@7."""
    found = session.platform.raise_finding(reference, Weight(severity), words, owner, days)
    return Page(
        says=f"✓ {found.id} is written down; {found.owner} has to answer it until {local(found.due_at)}.",
        data={"finding": found},
        facts=facts(found),
        next=[f"lamp validate show {found.id}", f"lamp status {found.model}"],
        url=session.address(f"/validations/{found.id}"),
    )


@validate.command("list")
@click.option("--model", default="", metavar="MODEL", help="of one model; default: of all")
@click.option("--closed", is_flag=True, help="also those that are closed")
@with_session
def list_findings(session: Session, model: str, closed: bool) -> Page:
    """Findings of validations that are open, those that matter most first."""
    found = session.platform.validation_findings(model, closed)
    rows = [
        (one.id, one.weight.value, f"{one.model}@{one.number}", one.owner, short(one.due_at), state(one), one.words)
        for one in found
    ]
    return Page(
        says=counted(found),
        data={"findings": found},
        table=Table(rows, ("KEY", "SEVERITY", "VERSION", "OWNER", f"DUE ({zone()})", "NOW", "FOUND")),
        next=[f"lamp validate show {one.id}" for one in found[:1]],
        url=session.address("/approvals"),
    )


@validate.command("show")
@click.argument("key", metavar="FINDING")
@with_session
def show(session: Session, key: str) -> Page:
    """One finding such as V-3: what was found, whose it is, what was answered and what validators said of that."""
    return _page(session, session.platform.validation_finding(key))


@validate.command("answer")
@click.argument("key", metavar="FINDING")
@click.option("--by", "reference", required=True, metavar="REF", help="the version whose evidence shows it")
@click.option(
    "--evidence", required=True, metavar="KIND", help="which evidence of it, such as performance; newer than the finding"
)
@click.option("--note", required=True, help="what was mended, and what the evidence shows")
@with_session
def answer(session: Session, key: str, reference: str, evidence: str, note: str) -> Page:
    """Answer a finding, as its owner, with evidence; a validator then closes it or gives it back."""
    return _page(session, session.platform.answer_finding(key, reference, evidence, note))


@validate.command("close")
@click.argument("key", metavar="FINDING")
@click.option("--note", required=True, help="what you looked at, and what you think of it")
@with_session
def close(session: Session, key: str, note: str) -> Page:
    """Close a finding that was answered, as a validator."""
    return _page(session, session.platform.judge_finding(key, True, note))


@validate.command("return")
@click.argument("key", metavar="FINDING")
@click.option("--note", required=True, help="what is still missing")
@with_session
def give_back(session: Session, key: str, note: str) -> Page:
    """Give a finding back to its owner, as a validator: the answer does not show that it is mended."""
    return _page(session, session.platform.judge_finding(key, False, note))


@validate.command("conclude")
@click.argument("reference", metavar="REF")
@click.option("--note", required=True, help="what you looked at, and what you think of it")
@with_session
def conclude(session: Session, reference: str, note: str) -> Page:
    """Say, as a validator, that a version such as churn@7 was validated."""
    word = session.platform.conclude_validation(reference, note)
    left = session.platform.validation_findings(word.model)
    return Page(
        says=f"✓ {word.model}@{word.number} was validated by {word.person}. {counted(left)}",
        data={"word": word, "findings": left},
        next=[f"lamp status {word.model}"],
        url=session.address(f"/m/{word.model}/v/{word.number}"),
    )


def _page(session: Session, found: ValidationFinding) -> Page:
    return Page(
        says=f"{found.id} of {found.model}@{found.number} ({found.weight}): {state(found)}.",
        data={"finding": found},
        facts=facts(found),
        next=_next(found),
        url=session.address(f"/validations/{found.id}"),
    )


def _next(found: ValidationFinding) -> list[str]:
    if not found.open:
        return [f"lamp status {found.model}"]
    if found.answered:
        return [f"lamp validate close {found.id} --note WHAT", f"lamp validate return {found.id} --note WHAT"]
    return [f"lamp validate answer {found.id} --by REF --evidence KIND --note WHAT"]


COMMANDS: Mapping[str, click.Command] = {"validate": validate}
