"""PEOPLE: approvals."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, precise, read, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages import look_alikes
from lamplighter.cli.pages.decision import gates, outcome
from lamplighter.cli.pages.emergency import told
from lamplighter.cli.pages.spot_check import asked
from lamplighter.cli.pages.validation import state
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.acceptance import ROLE_OF, Side
from lamplighter.domain.emergency import Emergency
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
    found = session.platform.waiting()
    me = session.platform.whoami()
    mine = [waiting for waiting in found if may_sign(me, waiting)]
    unreviewed = session.platform.emergencies()
    yours = [emergency for emergency in unreviewed if emergency.owner == me.email]
    findings = [one for one in session.platform.validation_findings() if one.answered or state(one) == "overdue"]
    validates = any(set(tier.validation.by) & set(me.roles) for tier in session.platform.policy().tier)
    own = [one for one in findings if (validates if one.answered else True) and (one.owner == me.email) != one.answered]
    groups = session.platform.look_alikes()
    grouped = {one.rollout for group in groups for one in group.members}
    apart = {one.rollout: f"stands apart from {group.key}: {one.apart} " for group in groups for one in group.apart}
    rows = [
        (group.key, f"{len(group.members)} look-alikes", group.environment, "-", look_alikes.summary(group)) for group in groups
    ]
    # What stands apart comes first, and nothing of a group is left out of what waits.
    singles = sorted((w for w in found if w.rollout not in grouped), key=lambda w: w.rollout not in apart)
    rows += [
        (w.rollout, f"{w.model}@{w.number}", w.environment, short(w.since), apart.get(w.rollout, "") + "; ".join(w.missing))
        for w in singles
    ]
    rows += [(e.id, f"{e.model}@{e.number}", e.environment, short(e.opened_at), _asked(e)) for e in unreviewed]
    checks = session.platform.spot_checks()
    rows += [(c.id, f"{c.model}@{c.number}", c.environment, short(c.opened_at), asked(c)) for c in checks]
    rows += [(v.id, f"{v.model}@{v.number}", "-", short(v.opened_at), f"{state(v)}; {v.owner}: {v.words}") for v in findings]
    own_checks = [c for c in checks if c.waits and c.person == me.email]
    count = len(found) + len(unreviewed) + len(findings) + len(checks)
    next_ = [f"lamp approvals show --group {group.key}" for group in groups[:1]]
    next_ += [f"lamp approvals show {w.model}@{w.number}" for w in ([w for w in mine if w in singles] or singles)[:1]]
    next_ += [f"lamp validate show {one.id}" for one in (own or findings)[:1]]
    next_ += [f"lamp spot-check show {c.id}" for c in (own_checks or checks)[:1]]
    next_ += [f"lamp approvals review {e.id} --note WHAT" for e in (yours or unreviewed)[:1]]
    return Page(
        says=f"{len(mine) + len(yours) + len(own) + len(own_checks)} of {count} wait for you."
        if count
        else "Nothing waits for anybody.",
        data={
            "waiting": found,
            "look_alikes": groups,
            "mine": [waiting.rollout for waiting in mine],
            "emergencies": unreviewed,
            "findings": findings,
            "spot_checks": checks,
            "reviews": [emergency.id for emergency in yours],
        },
        table=Table(rows, ("KEY", "VERSION", "ENVIRONMENT", f"SINCE ({zone()})", "MISSING")),
        next=next_,
        url=session.address("/approvals"),
    )


def _asked(emergency: Emergency) -> str:
    due = f"the review of {emergency.owner or 'somebody'} until {local(emergency.due_at)}"
    return f"{due}; {told(emergency)}"


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
        (s.side.value, f"{'accepted' if s.accepted else 'refused'} by {s.person}, {local(s.at)} {s.reason}".strip())
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
@click.option("--reason", default="", help="why, for the record")
@with_session
def approve(session: Session, reference: str, environment: str, side: str | None, group: str, seen: str, reason: str) -> Page:
    """Accept a version for an environment on the evidence as it is now, or each member of a group as it was shown."""
    _check_one(reference, group)
    if group:
        return _approved_group(session, group, _instant(seen), side, reason)
    return _signed(session, reference, environment, side, reason, accepted=True)


@approvals.command("refuse")
@click.argument("reference", metavar="REF")
@_ENV
@_SIDE
@click.option("--reason", required=True, help="why, for the record")
@with_session
def refuse(session: Session, reference: str, environment: str, side: str | None, reason: str) -> Page:
    """Refuse a version for an environment."""
    return _signed(session, reference, environment, side, reason, accepted=False)


def _signed(session: Session, reference: str, environment: str, side: str | None, reason: str, *, accepted: bool) -> Page:
    waiting = _waiting(session, reference, environment)
    name = f"{waiting.model}@{waiting.number}"
    key = Side(side) if side else _own_side(session)
    signature = session.platform.sign(name, waiting.environment, key, accepted, reason)
    verb = "accepted" if accepted else "refused"
    return Page(
        says=f"✓ {name} is {verb} for {waiting.environment} by {signature.person} ({signature.side}).",
        data={"signature": signature},
        next=[f"lamp approvals show {name}"] if accepted else [f"lamp rollout show {waiting.rollout}"],
        url=session.address(f"/approvals/{waiting.rollout}"),
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
