"""OWNERSHIP: handover."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.pages.handover import check_table, handover_page, handovers_page
from lamplighter.cli.places import model_of
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.session import Session, with_session
from lamplighter.domain.handover import Drill
from lamplighter.views.handover import HandoverView

_KEY = click.argument("key", metavar="HANDOVER")
_REASON = click.option("--reason", required=True, help="why, for the other side and the journal")


@click.group(cls=Noun)
def handover() -> None:
    """Give a model's technical duties to somebody who has shown that they can do them."""


@handover.command("start")
@click.argument("reference", metavar="REF")
@click.option("--to", required=True, metavar="PARTY", help="who is to take it: @team, or an e-mail address")
@click.option("--answer", "answers", multiple=True, metavar="NAME=TEXT", help="the answer to a question, such as runbook")
@with_session
def start(session: Session, reference: str, to: str, answers: tuple[str, ...]) -> Page:
    """Ask a team to take a model. What the platform knows is filled in; at most four questions are left."""
    model, given = model_of(reference), _given(answers)
    seen = session.platform.foretell_handover(model, to)
    made = session.platform.start_handover(model, to, {**given, **_asked(session, seen, given)})
    return handover_page(session.platform.handover(made.id), session.address(f"/handover/{made.id}"))


@handover.command("list")
@click.argument("reference", metavar="[REF]", default="")
@click.option("--all", "closed", is_flag=True, help="those that are over, too")
@with_session
def list_handovers(session: Session, reference: str, closed: bool) -> Page:
    """Handovers that are open, and those that lamp.toml promised and nobody has started."""
    model = model_of(reference) if reference else ""
    due = [one for one in session.platform.due_handovers() if model in ("", one.model)]
    return handovers_page(session.platform.handovers(model, closed), due, session.address("/approvals"))


@handover.command("show")
@_KEY
@with_session
def show(session: Session, key: str) -> Page:
    """Where a handover such as H-12 stands: its checks with their evidence, and who is paged."""
    return handover_page(session.platform.handover(key), session.address(f"/handover/{key}"), whole=True)


@handover.command("ask")
@_KEY
@click.option("--text", required=True, help="what you want to know, or what you answer")
@with_session
def ask(session: Session, key: str, text: str) -> Page:
    """Ask the other side something, or answer it; they are told."""
    said = session.platform.discuss_handover(key, text).words[-1]
    return Page(
        says=f"✓ {said.person} said that in {key}.",
        data={"word": said},
        next=[f"lamp handover show {key}"],
        url=session.address(f"/handover/{key}"),
    )


@handover.command("drill")
@_KEY
@click.argument("drill", type=click.Choice([drill.value for drill in Drill]))
@click.option("--word", default="", help="the word that stands in the test page; answers it")
@with_session
def drill(session: Session, key: str, drill: str, word: str) -> Page:
    """Show that you can take it, as somebody of the receiver.

    `access` looks at what you may do. `rollback` practises one where no customer calls, on real processes, and takes the time.
    `page` sends a test page to whoever is on call; answer it with --word.
    """
    if word and drill != Drill.PAGE:
        raise click.UsageError("--word answers a test page; write it with the drill page.")
    if word:
        session.platform.answer_page(key, word)
    else:
        session.platform.drill_handover(key, Drill(drill))
    return _shown(session, key, Drill(drill))


@handover.command("accept")
@_KEY
@with_session
def accept(session: Session, key: str) -> Page:
    """Take the duties, and with them the rights to deploy and to roll back; refused while a check does not hold."""
    found = session.platform.handover(key).handover
    details = [f"From then on {found.receiver} deploys and rolls back, and {found.giver} no longer may."]
    session.ask(f"Take {', '.join(found.stages)} of {found.model} from {found.giver}?", details)
    session.platform.accept_handover(key)
    return handover_page(session.platform.handover(key), session.address(f"/handover/{key}"))


@handover.command("refuse")
@_KEY
@_REASON
@with_session
def refuse(session: Session, key: str, reason: str) -> Page:
    """Say no as the receiver, or withdraw it as the giver. Nothing moves."""
    session.platform.refuse_handover(key, reason)
    return handover_page(session.platform.handover(key), session.address(f"/handover/{key}"))


@handover.command("return")
@_KEY
@_REASON
@with_session
def return_(session: Session, key: str, reason: str) -> Page:
    """Hand it back within the co-own window, as the receiver; the giver has the duties and the rights again."""
    found = session.platform.handover(key).handover
    session.ask(f"Hand {found.model} back to {found.giver}?", [f"From then on {found.giver} deploys and rolls back again."])
    session.platform.return_handover(key, reason)
    return handover_page(session.platform.handover(key), session.address(f"/handover/{key}"))


def _given(answers: Sequence[str]) -> dict[str, str]:
    pairs = [answer.partition("=") for answer in answers]
    for name, sign, _ in pairs:
        if not (name and sign):
            raise click.UsageError("Write --answer NAME=TEXT, such as --answer runbook='Look at the feed first.'")
    return {name: text for name, _, text in pairs}


def _asked(session: Session, seen: HandoverView, given: Mapping[str, str]) -> dict[str, str]:
    """Ask what nobody has answered, where somebody sits there."""
    if not session.terminal or session.flags.yes:
        return {}
    left = [question for question in seen.questions if question.name not in given]
    return {one.name: str(click.prompt(one.asks, default="", show_default=False, err=True)) for one in left}


def _shown(session: Session, key: str, drill: Drill) -> Page:
    seen = session.platform.handover(key)
    proof, page = seen.handover.proof(drill), seen.handover.page
    address = session.address(f"/handover/{key}")
    if drill is Drill.PAGE and page is not None:
        says = f"A test page went to {page.to} through {', '.join(page.channels)}. It waits for its word."
        next_ = [f"lamp handover drill {key} page --word WORD"]
        return Page(says=says, data={"handover": seen.handover}, next=next_, url=address)
    assert proof is not None
    says = f"{'✓' if proof.passed else '✗'} {drill.value}: {proof.why or f'shown by {proof.person} in {proof.seconds:.1f} s'}"
    return Page(
        says=says,
        data={"proof": proof, "held": seen.held, "checks": len(seen.checks)},
        facts=[(fact.name, fact.value) for fact in proof.facts],
        table=check_table(seen),
        next=_next(seen),
        url=address,
        code=0 if proof.passed else FAILING,
    )


def _next(seen: HandoverView) -> list[str]:
    key, left = seen.handover.id, [check for check in seen.checks if not check.passed]
    drills = [check.name for check in left if check.name in [drill.value for drill in Drill]]
    return [f"lamp handover drill {key} {drills[0]}"] if drills else [f"lamp handover {'show' if left else 'accept'} {key}"]


COMMANDS: Mapping[str, click.Command] = {"handover": handover}
