"""A version on its way into an environment, from the first gate to all traffic."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lamplighter.cli.page import Page
from lamplighter.cli.pages.decision import first_open, gates, outcome
from lamplighter.cli.pages.emergency import review
from lamplighter.cli.pages.hold import held
from lamplighter.cli.pages.rollout import plan, sentence
from lamplighter.cli.places import target_place
from lamplighter.cli.refusal import FAILING, NotDone
from lamplighter.cli.session import Session
from lamplighter.domain.decision import Decision
from lamplighter.domain.errors import TimedOut
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk.answers import Deployed

if TYPE_CHECKING:  # a project brings every noun, which help does not need
    from lamplighter.domain.project import Project

#: Seconds that `--wait` waits where `--timeout` says nothing.
PATIENCE = 600.0
_LOOK = 0.2


def is_folder(session: Session, source: str) -> bool:
    """Whether the words name a folder with a lamp.toml, or look like a path and not like a model."""
    place = session.path(source)
    return place.name == "lamp.toml" or (place / "lamp.toml").is_file() or "/" in source or source in (".", "..")


def deploy_folder(session: Session, path: str, environment: str, *, wait: bool, dry_run: bool, by_commit: bool) -> Page:
    """Register the model of a folder, unless nothing changed, and ask for it to go live."""
    from lamplighter.cli.folders import project_in
    from lamplighter.cli.offline import prepared, prepared_page

    if dry_run:
        ready = prepared(session, path)
        says = f"{ready.project.name} would be registered and asked to go live. Nothing was sent."
        words = ["lamp deploy", *([] if path == "." else [path]), *([f"--env {environment}"] if environment else [])]
        return prepared_page(ready, says, " ".join(words))
    project = project_in(session, path)
    name = registered(session, path, project, by_commit=by_commit)
    return deployed(session, name, target_place(session, project.name, environment), wait=wait)


def registered(session: Session, path: str, project: "Project", *, by_commit: bool) -> str:
    """Register the model of a folder, or save its project and take the version that its commit made; gives the version."""
    from lamplighter.cli.folders import build_in, folder_of
    from lamplighter.sdk.commits import version_of_commit
    from lamplighter.sdk.release import release

    known = version_of_commit(session.platform, project.name, folder_of(session, path)) if by_commit else None
    if known is not None:
        session.platform.save_project(project.name, project)
        session.say(f"{known.name} was made from this commit; nothing is built.")
        return known.name
    version = release(session.platform, project, build_in(session, path, project))
    session.say(f"Registered {version.name}.")
    return version.name


def foretold(session: Session, reference: str, environment: str) -> Page:
    """What would happen now; raises `NotDone` with the page if a gate says no, and whatever else would stand in the way."""
    answer = session.platform.foretell(reference, environment)
    decision, hold = answer.decision, session.platform.hold(answer.decision.model, environment)
    page = _page(session, decision, None)
    facts = _foreseen(session, answer.rollout) if answer.rollout else []
    facts += [("held", held(hold))] if hold else []
    page = replace(page, data={**page.data, "rollout": answer.rollout, "hold": hold}, facts=facts)
    if answer.rollout:
        return page
    raise _refused(page, decision)


def _foreseen(session: Session, rollout: Rollout) -> list[tuple[str, str]]:
    if not rollout.id:
        return _coming(session, rollout)
    return [("rollout", f"{rollout.id} brought it there already: {_told(rollout)} Nothing new would begin.")]


def _coming(session: Session, rollout: Rollout) -> list[tuple[str, str]]:
    """How traffic would move, where it would return to, and whom it concerns."""
    before = rollout.previous
    seen = session.platform.version(f"{rollout.model}@{rollout.number}", rollout.environment).consumers
    breaking = [one.name for one in seen if one.breaking]
    concerned = ", ".join(f"{one.name} (breaks it)" if one.name in breaking else one.name for one in seen)
    return [
        ("rollout", plan(rollout.plan)),
        ("way back", f"to v{before}, which answers now" if before else "nothing answers there now, so it would answer no more"),
        ("consumers", concerned or ("nobody calls it" if before else "nothing is live that it could change for them")),
    ]


def deployed(session: Session, reference: str, environment: str, *, wait: bool) -> Page:
    """Ask for a version to go live; raises `NotDone` with the page where a gate says no or it does not come to be live."""
    return _followed_page(session, session.platform.deploy(reference, environment), wait=wait)


def declared(session: Session, reference: str, environment: str, reason: str, *, wait: bool) -> Page:
    """The same in an emergency, after the person was asked."""
    effect = "Freezes, windows and missing acceptances are passed, everybody with a duty is told, and somebody reviews it."
    session.ask(f"Declare an emergency to bring {reference} into {environment}?", [effect])
    answer = session.platform.declare_emergency(reference, environment, reason)
    page = _followed_page(session, answer, wait=wait)
    return replace(page, facts=[("emergency", review(answer.emergency)), *page.facts]) if answer.emergency else page


def _followed_page(session: Session, answer: Deployed, *, wait: bool) -> Page:
    if answer.rollout is None:
        raise _refused(_page(session, answer.decision, None), answer.decision)
    if not wait:
        return _page(session, answer.decision, answer.rollout)
    session.standing = f"{answer.rollout.id} goes on by itself; see lamp rollout show {answer.rollout.id}."
    last = _followed(session, answer.rollout)
    return _ended(_page(session, answer.decision, last), answer.decision, last)


def _page(session: Session, decision: Decision, rollout: Rollout | None) -> Page:
    subject = f"{decision.model} v{decision.number} → {decision.environment}"
    if rollout is None:
        says, next_, path = (
            f"{subject}: {outcome(decision)}. Nothing goes live by this.",
            [],
            f"/m/{decision.model}/v/{decision.number}",
        )
    else:
        says, path = f"{subject}: {_told(rollout)}", f"/rollouts/{rollout.id}"
        next_ = _next(rollout)
    return Page(
        says=says,
        data={"decision": decision, "rollout": rollout},
        facts=_facts(rollout) if rollout else (),
        table=gates(decision.judgements),
        next=next_,
        url=session.address(path),
    )


def _facts(rollout: Rollout) -> list[tuple[str, str]]:
    facts = [("rollout", f"{rollout.id}, {plan(rollout.plan)}")]
    return [*facts, ("held", held(rollout.hold))] if rollout.hold else facts


def _told(rollout: Rollout) -> str:
    if rollout.hold:
        return f"it is {rollout.phase} and held by the {rollout.hold.rule}. It goes on by itself."
    if rollout.phase is Phase.WAITING:
        return "it waits for people and is not live yet."
    if rollout.phase is Phase.COMPLETED:
        return "it has all traffic."
    return f"it is {rollout.phase}. {rollout.why}".strip()


def _next(rollout: Rollout) -> list[str]:
    if rollout.phase is Phase.WAITING:
        return [f"lamp approvals show {rollout.model}", f"lamp status {rollout.model}"]
    if rollout.phase is Phase.COMPLETED:
        return [f"lamp try {rollout.model} --env {rollout.environment}", f"lamp status {rollout.model}"]
    return [f"lamp rollout show {rollout.id}", f"lamp status {rollout.model}"]


def _refused(page: Page, decision: Decision) -> NotDone:
    why, fix = first_open(decision.judgements)
    what = f"{decision.model} v{decision.number} does not come into {decision.environment}."
    return NotDone(page, what, why=why, fix=fix, code="E1480")


def _followed(session: Session, rollout: Rollout) -> Rollout:
    """The rollout when it is over, held, or waits for people, with each step said once; raises `TimedOut`."""
    end = time.monotonic() + (session.flags.timeout or PATIENCE)
    told = ""
    while True:
        if sentence(rollout) != told:
            told = sentence(rollout)
            session.say(f"{told} {rollout.why}".strip())
        if rollout.phase.final or rollout.phase is Phase.WAITING or rollout.hold:
            return rollout
        if time.monotonic() > end:
            raise TimedOut(
                f"{rollout.id} is not over yet.",
                why=f"It is {rollout.phase} and needs more time than the wait had.",
                fix=f"It goes on by itself; look with lamp rollout show {rollout.id}, or wait longer with --timeout.",
                code="E1680",
            )
        time.sleep(_LOOK)
        rollout = session.platform.rollout(rollout.id)


def _ended(page: Page, decision: Decision, last: Rollout) -> Page:
    if last.phase is Phase.COMPLETED:
        return page
    subject = f"{last.model} v{last.number} is not live in {last.environment}."
    if last.phase is Phase.WAITING:
        why, fix = first_open(decision.judgements)
        raise NotDone(page, subject, why=why, fix=fix, code="E1481")
    if last.hold:
        fix = f"It goes on by itself; look with lamp rollout show {last.id}."
        raise NotDone(page, subject, why=f"{last.id} is held {held(last.hold)}", fix=fix, code="E1483")
    code = 0 if last.phase is Phase.REFUSED else FAILING
    fix = f"See what was decided with lamp audit log {last.model}."
    raise NotDone(replace(page, code=code), subject, why=f"{last.id} is {last.phase}: {last.why}", fix=fix, code="E1482")
