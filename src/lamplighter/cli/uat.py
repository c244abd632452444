"""PEOPLE: uat."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, zone
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.blind_test import worded
from lamplighter.domain.case import Judged
from lamplighter.views.blind_test import BlindTestState
from lamplighter.views.cases import Cases
from lamplighter.views.invitation import InvitationState

_ENV = click.option("--env", "environment", envvar="LAMP_ENV", required=True, metavar="ENV", help="where it is to go live")


@click.group(cls=Noun)
def uat() -> None:
    """Example cases that the business judges before it accepts a version."""


@uat.command("show")
@click.argument("reference", metavar="REF")
@_ENV
@with_session
def show(session: Session, reference: str, environment: str) -> Page:
    """What a version decides in every case, what is expected of it, and what is left to judge."""
    found = session.platform.cases(reference, environment)
    name = f"{found.model}@{found.number}"
    return Page(
        says=_said(found),
        data={"cases": found, "left": [one.tried.name for one in found.left]},
        table=Table([_row(found, one) for one in found.cases], ("CASE", "EXPECTED", "DECIDED", "JUDGED", "NOTE")),
        next=_next(found, name, environment),
        url=session.address("/approvals"),
    )


@uat.command("judge")
@click.argument("reference", metavar="REF")
@click.argument("case", metavar="CASE")
@_ENV
@click.option("--as-expected", "judgement", flag_value="yes", help="the decision is what the business expects")
@click.option("--not-as-expected", "judgement", flag_value="no", help="it is not; say why with --note")
@click.option("--note", default="", help="why; needed if it is not as expected")
@with_session
def judge(session: Session, reference: str, case: str, environment: str, judgement: str | None, note: str) -> Page:
    """Judge what a version decides in one case, for the business; the newest word counts."""
    if judgement is None:
        raise click.UsageError("Say --as-expected or --not-as-expected.")
    word = session.platform.judge_case(reference, environment, case, judgement == "yes", note)
    found = session.platform.cases(reference, environment)
    name, open_ones = f"{found.model}@{found.number}", f"{len(found.left)} of {len(found.cases)} are left"
    return Page(
        says=f"✓ {case} is judged {_word(word.as_expected)} by {word.person}. {open_ones}.",
        data={"word": word, "left": [one.tried.name for one in found.left]},
        next=_next(found, name, environment),
        url=session.address("/approvals"),
    )


@uat.command("begin")
@click.argument("reference", metavar="REF")
@_ENV
@click.option(
    "--agree-at-least", default=0, metavar="N", help="how many cases have to agree, where the project does not say it"
)
@with_session
def begin(session: Session, reference: str, environment: str, agree_at_least: int) -> Page:
    """Fix what has to come out, before you see a case; then answer each before you see what the version answers."""
    return _told(session, session.platform.begin_blind_test(reference, environment, agree_at_least))


@uat.command("answer")
@click.argument("reference", metavar="REF")
@click.argument("case", metavar="CASE")
@click.argument("said", metavar="yes|no|unsure|NUMBER")
@_ENV
@with_session
def answer(session: Session, reference: str, case: str, said: str, environment: str) -> Page:
    """Answer one case before you see what the version answers; the first answer stands."""
    return _told(session, session.platform.answer_case(reference, environment, case, said))


@uat.command("results")
@click.argument("reference", metavar="REF")
@_ENV
@with_session
def results(session: Session, reference: str, environment: str) -> Page:
    """How far people and a version agree, who answered before seeing what it answers."""
    found = session.platform.blind_tests(reference, environment)
    return Page(
        says=f"{len(found)} blind {'test' if len(found) == 1 else 'tests'} of {reference} for {environment}.",
        data={"tests": found},
        table=Table([_result(one) for one in found], ("TEST", "PERSON", "ANSWERED", "AGREE", "WANTED", "STATE")),
        url=session.address("/approvals"),
    )


@uat.command("invite")
@click.argument("reference", metavar="REF")
@_ENV
@click.option("--to", "email", required=True, metavar="ADDRESS", help="the business owner that lamp.toml names")
@click.option("--days", default=7.0, show_default=True, help="how long the link lives; 30 at most")
@with_session
def invite(session: Session, reference: str, environment: str, email: str, days: float) -> Page:
    """Send the business owner a link to the cases of a version, for their word without an account."""
    sent = session.platform.invite(reference, environment, email, days)
    one = sent.invitation
    how = f"is mailed to {one.person}" if not sent.link else f"is for {one.person} alone. Send it to nobody else"
    return Page(
        says=f"✓ The link {one.id} {how}.",
        data={"invited": sent},
        facts=[("link", sent.link), *_invited(one)] if sent.link else _invited(one),
        next=[f"lamp uat results {reference} --env {environment}"],
        url=session.address("/approvals"),
    )


@uat.command("invitations")
@click.argument("reference", metavar="REF")
@_ENV
@with_session
def invitations(session: Session, reference: str, environment: str) -> Page:
    """Links that were sent to the business for a version, and what became of them."""
    found = session.platform.invitations(reference, environment)
    rows = [(one.id, one.person, one.sent_by, local(one.expires_at), one.state) for one in found]
    return Page(
        says=f"{len(found)} {'link was' if len(found) == 1 else 'links were'} sent for {reference} in {environment}.",
        data={"invitations": found},
        table=Table(rows, ("KEY", "PERSON", "SENT BY", f"ENDS ({zone()})", "STATE")),
        next=[f"lamp uat revoke {one.id}" for one in found if one.state == "open"][:1],
        url=session.address("/approvals"),
    )


@uat.command("revoke")
@click.argument("key", metavar="KEY")
@with_session
def revoke(session: Session, key: str) -> Page:
    """Let a link such as N-7 open nothing any more, in browsers that hold it, too."""
    one = session.platform.revoke_invitation(key)
    return Page(
        says=f"✓ {one.id} for {one.person} opens nothing any more.",
        data={"invitation": one},
        next=[f"lamp uat invite {one.model}@{one.number} --env {one.environment} --to {one.person}"],
        url=session.address("/approvals"),
    )


def _invited(one: InvitationState) -> list[tuple[str, str]]:
    code = "takes a code by e-mail as well" if one.with_code else "opens by itself"
    return [
        ("opens", f"{one.model}@{one.number} for {one.environment}, and nothing else"),
        ("ends", local(one.expires_at)),
        ("how", code),
    ]


def _told(session: Session, test: BlindTestState) -> Page:
    name = f"{test.model}@{test.number}"
    done = next((one for one in reversed(test.cases) if one.said), None)
    facts = [("agreed", f"at least {test.agree_at_least} of {len(test.cases)}, fixed as {test.terms[:12]}")]
    if test.left:
        case = test.left[0]
        facts += [("case", f"{case.name}: {case.words}".rstrip(": ")), ("asked", case.question)]
        facts += [(test.labels.get(one, one), worded(value)) for one, value in case.inputs.items()]
        following = [f"lamp uat answer {name} {case.name} {'yes' if test.yes else 'NUMBER'} --env {test.environment}"]
    else:
        facts.append(("interval", f"{test.low:.0%} to {test.high:.0%} of {test.sure} (Wilson, 95 %)"))
        following = [
            f"lamp approvals approve {name} --env {test.environment} --side business{'' if test.met else ' --if WHAT'}"
        ]
    told = f"{test.id}: {test.answered} of {len(test.cases)} answered, {test.agreed} agree."
    return Page(
        says=f"{told} The version says {done.revealed.decision} in the last one." if done and done.revealed else told,
        data={"test": test},
        facts=facts,
        next=following,
        url=session.address("/approvals"),
    )


def _result(test: BlindTestState) -> tuple[str, ...]:
    word = "" if test.word is None else "accepted" if test.word.accepted else "refused"
    state = "counts no more" if test.voided else word or ("done" if not test.left else "open")
    return (test.id, test.person, f"{test.answered} of {len(test.cases)}", str(test.agreed), str(test.agree_at_least), state)


def _said(found: Cases) -> str:
    name = f"{found.model}@{found.number}"
    if not found.cases:
        return f"{name} has no example cases: its project names none under [[uat.case]]."
    agreed = sum(one.tried.agrees for one in found.cases)
    return f"{name} decides as expected in {agreed} of {len(found.cases)} cases; {len(found.left)} are left to judge."


def _row(found: Cases, one: Judged) -> tuple[str, ...]:
    tried, word = one.tried, one.word
    said = f"{_word(word.as_expected)} by {word.person}" if word else "not yet"
    return (tried.name, found.called(tried.expected), found.called(tried.decision), said, word.note if word else "")


def _next(found: Cases, name: str, environment: str) -> list[str]:
    if found.left:
        return [f"lamp uat judge {name} {found.left[0].tried.name} --env {environment} --as-expected"]
    reason = " --reason WHY" if found.otherwise else ""
    return [f"lamp approvals approve {name} --env {environment} --side business{reason}"] if found.cases else []


def _word(as_expected: bool) -> str:
    return "as expected" if as_expected else "not as expected"


COMMANDS: Mapping[str, click.Command] = {"uat": uat}
