"""PEOPLE: approvals."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, precise, read, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages import look_alikes, waiting
from lamplighter.cli.pages.decision import gates, outcome
from lamplighter.cli.pages.emergency import told
from lamplighter.cli.pages.validation import state
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.acceptance import ROLE_OF, Side
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.look_alike import LookAlikes, Shown
from lamplighter.domain.names import Number, parse_reference, unknown
from lamplighter.views.waiting import Waiting, may_sign

_ENV = click.option("--env", "environment", envvar="LAMP_ENV", default="", metavar="ENV", help="where; default: where it waits")
_SIDE = click.option(
    "--side", type=click.Choice([side.value for side in Side]), help="whose word it is; default: the side of your role"
)


_GROUP = click.option("--group", default="", metavar="KEY", help="a group of look-alikes of lamp approvals list instead of REF")


@click.group(cls=Noun)
def approvals() -> None:
    """What waits for people's word."""


@approvals.command("list")
@with_session
def list_waiting(session: Session) -> Page:
    """Everything that waits, oldest first, and which of it waits for you."""
    platform = session.platform
    me, found, groups = platform.whoami(), platform.waiting(), platform.look_alikes()
    unreviewed, checks, lowerings = platform.emergencies(), platform.spot_checks(), platform.lowerings()
    retirements = platform.retirements()
    findings = [one for one in platform.validation_findings() if one.answered or state(one) == "overdue"]
    kinds = [
        waiting.grouped(groups),
        waiting.versions(me, found, groups),
        list(waiting.findings(me, findings, platform.policy())),
        list(waiting.spot_checks(me, checks)),
        list(waiting.lowerings(me, lowerings)),
        list(waiting.retirements(me, retirements)),
        list(waiting.emergencies(me, unreviewed)),
    ]
    every = [one for kind in kinds for one in kind]
    mine = sum(may_sign(me, one) for one in found) + sum(one.is_mine for kind in kinds[2:] for one in kind)
    count = len(found) + sum(map(len, kinds[2:]))
    return Page(
        says=f"{mine} of {count} wait for you." if count else "Nothing waits for anybody.",
        data={
            "waiting": found,
            "look_alikes": groups,
            "mine": [one.rollout for one in found if may_sign(me, one)],
            "emergencies": unreviewed,
            "findings": findings,
            "spot_checks": checks,
            "lowerings": lowerings,
            "retirements": retirements,
            "reviews": [one.id for one in unreviewed if one.owner == me.email],
        },
        table=Table([one.row for one in every], ("KEY", "VERSION", "ENVIRONMENT", f"SINCE ({zone()})", "MISSING")),
        next=waiting.following(kinds),
        url=session.address("/approvals"),
    )


@approvals.command("tier")
@click.argument("key", metavar="LOWERING")
@click.option("--agree/--refuse", "agreed", required=True, help="whether the lower tier holds")
@click.option("--reason", default="", help="why, for the record; a refusal takes one")
@with_session
def tier(session: Session, key: str, agreed: bool, reason: str) -> Page:
    """Let the tier of a model fall, or not, as a second person; L-3 is such a change of a project."""
    done = session.platform.decide_lowering(key, agreed, reason)
    holds = f"{done.model} is {done.after} now" if agreed else f"{done.model} stays {done.before}"
    return Page(
        says=f"✓ {done.id} is decided: {holds}.",
        data={"lowering": done},
        facts=[("asked by", done.person), ("why", done.why)],
        next=[f"lamp status {done.model}"],
        url=session.address(f"/m/{done.model}"),
    )


@approvals.command("review")
@click.argument("key", metavar="EMERGENCY")
@click.option("--note", required=True, help="what you looked at and what you think of it, for the record")
@with_session
def review(session: Session, key: str, note: str) -> Page:
    """Close the review of an emergency such as E-3, as a second person."""
    done = session.platform.review_emergency(key, note)
    return Page(
        says=f"✓ {done.id} is reviewed: {done.model} v{done.number} in {done.environment}.",
        data={"emergency": done},
        facts=[("declared", told(done)), ("review", f"{done.reviewed_by}: {done.note}")],
        next=[f"lamp status {done.model}"],
        url=session.address(f"/emergencies/{done.id}"),
    )


@approvals.command("show")
@click.argument("reference", metavar="[REF]", default="")
@_ENV
@_GROUP
@with_session
def show_waiting(session: Session, reference: str, environment: str, group: str) -> Page:
    """One version that waits, or a group of look-alikes: what the gates say now, whose word is there, how figures moved."""
    _check_one(reference, group)
    if group:
        return _shown_group(session, group)
    waiting = _waiting(session, reference, environment)
    name = f"{waiting.model}@{waiting.number}"
    decision = session.platform.check(name, waiting.environment)
    words = [
        (s.side.value, f"{'accepted' if s.accepted else 'refused'} by {s.person}, {local(s.at)} {s.why}".strip())
        for s in waiting.signatures
    ]
    where = f"--env {waiting.environment}"
    return Page(
        says=f"{name} → {waiting.environment}, asked by {waiting.asked_by}: {outcome(decision)}.",
        data={"waiting": waiting, "decision": decision},
        facts=words,
        table=gates(decision.judgements),
        next=[f"lamp approvals approve {name} {where}", f"lamp approvals refuse {name} {where} --reason WHY"],
        url=session.address(f"/approvals/{waiting.rollout}"),
    )


@approvals.command("approve")
@click.argument("reference", metavar="[REF]", default="")
@_ENV
@_SIDE
@_GROUP
@click.option("--seen", default="", metavar="WHEN", help="with --group: when lamp approvals show has shown it")
@click.option("--if", "condition", default="", metavar="WHAT", help="what has to be so as well, for the record")
@click.option("--reason", default="", help="why, for the record")
@with_session
def approve(
    session: Session,
    reference: str,
    environment: str,
    side: str | None,
    group: str,
    seen: str,
    condition: str,
    reason: str,
) -> Page:
    """Accept a version for an environment on the evidence as it is now, or each member of a group as it was shown."""
    _check_one(reference, group)
    if group:
        _check_unconditional(condition)
        return _approved_group(session, group, _instant(seen), side, reason)
    return _signed(session, reference, environment, side, (reason, condition), accepted=True)


@approvals.command("refuse")
@click.argument("reference", metavar="REF")
@_ENV
@_SIDE
@click.option("--reason", required=True, help="why, for the record")
@with_session
def refuse(session: Session, reference: str, environment: str, side: str | None, reason: str) -> Page:
    """Refuse a version for an environment."""
    return _signed(session, reference, environment, side, (reason, ""), accepted=False)


def _signed(
    session: Session, reference: str, environment: str, side: str | None, words: tuple[str, str], *, accepted: bool
) -> Page:
    waiting = _waiting(session, reference, environment)
    name = f"{waiting.model}@{waiting.number}"
    key = Side(side) if side else _own_side(session)
    signature = session.platform.sign(name, waiting.environment, key, accepted, *words)
    verb = "accepted" if accepted else "refused"
    return Page(
        says=f"✓ {name} is {verb} for {waiting.environment} by {signature.person} ({signature.side}).",
        data={"signature": signature},
        next=[f"lamp approvals show {name}"] if accepted else [f"lamp rollout show {waiting.rollout}"],
        url=session.address(f"/approvals/{waiting.rollout}"),
    )


def _check_unconditional(condition: str) -> None:
    if condition:
        raise Invalid(
            "A group is accepted without a condition.",
            why="A condition is about one version.",
            fix="Accept that one by itself with --if, and the group without it.",
            code="E1444",
        )


def _check_one(reference: str, group: str) -> None:
    if bool(reference) == bool(group):
        raise Invalid(
            "Name one thing that waits.",
            why="It takes a version or a group of look-alikes, and one of them.",
            fix="Write late-flights@7, or --group with a key of lamp approvals list.",
            code="E1295",
        )


def _instant(seen: str) -> int:
    if not seen:
        raise Invalid(
            "Say when you have seen the group.",
            why="What has changed since then is left out, so that your word holds for what you have looked at.",
            fix="lamp approvals show --group KEY ends with the whole command.",
            code="E1295",
        )
    return read(seen)


def _group(session: Session, key: str) -> LookAlikes:
    found = {one.key: one for one in session.platform.look_alikes()}
    if key not in found:
        raise unknown("group of look-alikes", key, found)
    return found[key]


def _shown_group(session: Session, key: str) -> Page:
    group = _group(session, key)
    # By the clock of the platform: whatever is judged after the newest of these has changed, or is new.
    seen = max(one.judged_at for one in group.members)
    return Page(
        says=look_alikes.summary(group),
        data={"group": group, "seen": seen},
        facts=look_alikes.facts(group),
        table=look_alikes.table(group),
        next=[f"lamp approvals approve --group {key} --seen {precise(seen)}"]
        + [f"lamp approvals show {one.name}" for one in group.apart[:1]],
        url=session.address("/approvals"),
    )


def _approved_group(session: Session, key: str, seen: int, side: str | None, reason: str) -> Page:
    group = _group(session, key)
    late = [one for one in group.members if one.judged_at > seen]
    shown = [Shown(rollout=one.rollout, binding=one.binding) for one in group.members if one not in late]
    done = session.platform.sign_look_alikes(key, Side(side) if side else _own_side(session, group.sides), shown, reason)
    left = [(one.name or one.rollout, one.why) for one in done.left_out]
    left += [(one.name, "It came or changed after you have seen the group.") for one in late]
    mark = "✓ " if done.signed else ""
    count = f"{len(done.signed)} of {len(group.members)} look-alikes"
    return Page(
        says=f"{mark}{count} are accepted for {group.environment} ({done.side.word}), each with a word of its own.",
        data={"together": done, "late": late},
        facts=[("left out", f"{name}: {why}") for name, why in left],
        next=["lamp approvals list"],
        url=session.address("/approvals"),
        code=0 if done.signed else 5,
    )


def _own_side(session: Session, asked: Sequence[str] = tuple(Side)) -> Side:
    me = session.platform.whoami()
    sides = [side for side, role in ROLE_OF.items() if role in me.roles and side in asked]
    if len(sides) == 1:
        return sides[0]
    raise Invalid(
        "It is not clear for which side you speak.",
        why=f"Your roles carry {len(sides)} sides.",
        fix=f"Name one with --side {' or --side '.join(sides or list(Side))}.",
        code="E1189",
    )


def _waiting(session: Session, reference: str, environment: str) -> Waiting:
    """The one thing that waits of these; raises `NotFound` or, where several wait, `Invalid`."""
    parsed = parse_reference(reference)
    found = [w for w in session.platform.waiting(parsed.model) if environment in ("", w.environment)]
    if isinstance(parsed.selector, Number):
        found = [waiting for waiting in found if waiting.number == parsed.selector.number]
    elif parsed.selector is not None:
        wanted = session.platform.version(reference, environment).version.digest
        found = [waiting for waiting in found if waiting.version == wanted]
    if len(found) > 1:
        raise Invalid(
            "More than one version waits.",
            why=", ".join(f"{w.model}@{w.number} for {w.environment}" for w in found) + ".",
            fix="Name the version and, with --env, the environment.",
            code="E1190",
        )
    if not found:
        raise NotFound(
            f"Nothing of {parsed.model} waits for people there.",
            why="It was answered, stopped, or never asked for.",
            fix="See what waits with lamp approvals list.",
            code="E1283",
        )
    return found[0]


COMMANDS: Mapping[str, click.Command] = {"approvals": approvals}
