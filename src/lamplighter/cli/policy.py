"""GOVERNANCE: policy."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.pages.simulation import releases
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.checklist import Severity
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Invalid
from lamplighter.domain.policy import Policy
from lamplighter.domain.rulebook_change import Changed
from lamplighter.views.simulation import facts, sentence


@click.group(cls=Noun)
def policy() -> None:
    """The rule book: which gates, whose word and how much care each tier asks for."""


@policy.command("show")
@with_session
def show(session: Session) -> Page:
    """The rule book in force: for each tier and level its gates and whose word it asks for."""
    book, changes = session.platform.policy(), session.platform.policy_changes()
    since = [("in force", f"since {local(changes[0].at)}, by {changes[0].person}: {changes[0].why}")] if changes else []
    return Page(
        says=f"{book.name} {book.version}: {len(book.tier)} tiers.",
        data={"policy": book, "digest": book.digest},
        facts=[("digest", book.digest), *since, *_checklist(book), *((tier.name, tier.summary) for tier in book.tier)],
        table=Table(_rows(book), ("TIER", "LEVEL", "GATES", "WORD OF")),
        next=["lamp policy versions"],
        url=session.address("/policy"),
    )


def _checklist(book: Policy) -> list[tuple[str, str]]:
    """The items by their severity, those first that matter most."""
    by_severity = {severity: [item.name for item in book.items if item.severity is severity] for severity in Severity}
    told = [f"{severity}: {', '.join(names)}" for severity, names in reversed(by_severity.items()) if names]
    return [("checklist", "; ".join(told))] if told else []


def _rows(book: Policy) -> list[tuple[str, str, str, str]]:
    levels = [(tier, level, tier.rules(level)) for tier in book.tier for level in Level]
    return [
        (
            tier.name,
            level.value,
            ", ".join(str(use["use"]) for use in rules.gates),
            ", ".join(side.word for side in rules.approvals) or "nobody",
        )
        for tier, level, rules in levels
    ]


@policy.command("versions")
@with_session
def versions(session: Session) -> Page:
    """Rule books that came into force, newest first: when, by whom and why."""
    found = session.platform.policy_changes()
    rows = [(f"{one.name} {one.version}", one.digest[:12], local(one.at), one.person, one.why) for one in found]
    return Page(
        says=f"{len(found)} rule {'book' if len(found) == 1 else 'books'} came into force.",
        data={"changes": found},
        table=Table(rows, ("RULE BOOK", "DIGEST", "SINCE", "BY", "WHY")),
        next=[f"lamp policy change {found[0].digest[:12]}"] if len(found) > 1 else ["lamp policy show"],
    )


@policy.command("change")
@click.argument("digest", metavar="DIGEST")
@with_session
def change(session: Session, digest: str) -> Page:
    """What a rule book changed when it came into force; the first figures of its DIGEST are enough."""
    found = session.platform.policy_change(digest)
    return Page(
        says=f"It changed the rule book before it at {_places(found)}.",
        data={"differences": found},
        table=_differences(found, "BEFORE", "AFTER"),
        next=["lamp policy versions"],
        url=session.address(f"/policy?change={digest}"),
    )


@policy.command("diff")
@click.argument("file", metavar="FILE")
@with_session
def diff(session: Session, file: str) -> Page:
    """Every place at which the rule book in a TOML FILE differs from the one in force."""
    found = session.platform.policy_differences(_text(session, file))
    return Page(
        says=f"{file} differs from the rule book in force at {_places(found)}.",
        data={"differences": found},
        table=_differences(found, "IN FORCE", "NEW"),
        next=[f"lamp policy simulate {file}"],
    )


def _places(found: Sequence[Changed]) -> str:
    return f"{len(found)} {'place' if len(found) == 1 else 'places'}"


def _differences(found: Sequence[Changed], before: str, after: str) -> Table:
    return Table([(one.place, one.before or "-", one.after or "-") for one in found], ("PLACE", before, after))


@policy.command("simulate")
@click.argument("file", metavar="FILE")
@click.option("--against", metavar="FILE", default="", help="another rule book to compare with; default: the one in force")
@click.option("--all", "every", is_flag=True, help="also releases on which both say the same")
@with_session
def simulate(session: Session, file: str, against: str, every: bool) -> Page:
    """What the rule book in a TOML FILE would have done to the releases of the past; changes nothing."""
    found = session.platform.simulate_policy(_text(session, file), _text(session, against) if against else "")
    return Page(
        says=sentence(found),
        data={
            "simulation": found,
            "blocked": found.newly_blocked,
            "let_in": found.newly_let_in,
            "added_approvals": found.added_approvals,
            "added_waiting": found.added_waiting,
            "avoided": found.avoided,
        },
        facts=facts(found),
        table=releases(found, every=every),
        next=[f"lamp policy set {file} --reason WHY"] if not against else [],
        warnings=[f"{found.left_out} older releases were not looked at."] if found.left_out else (),
    )


@policy.command("set")
@click.argument("file", metavar="FILE")
@click.option("--reason", required=True, help="why the rules change, for the record")
@with_session
def set_(session: Session, file: str, reason: str) -> Page:
    """Bring the rule book in a TOML FILE into force, as an administrator."""
    text = _text(session, file)
    found = session.platform.policy_differences(text)
    session.ask(
        f"Bring {file} into force?",
        [
            f"It differs at {len(found)} places; lamp policy diff {file} lists them.",
            "Words that people gave under the rule book before do not hold under it.",
        ],
    )
    made = session.platform.set_policy(text, reason)
    return Page(
        says=f"✓ {made.name} {made.version} is in force.",
        data={"change": made},
        facts=[("digest", made.digest), ("differs", f"at {len(found)} places"), ("why", made.why)],
        next=["lamp policy show", "lamp policy versions"],
    )


def _text(session: Session, file: str) -> str:
    try:
        return session.path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"The file {file} cannot be read.",
            why=f"It gives {type(error).__name__}.",
            fix="Name a rule book in TOML.",
            code="E1281",
        ) from None


COMMANDS: Mapping[str, click.Command] = {"policy": policy}
