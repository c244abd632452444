"""Who did what, and what was live when."""

from collections.abc import Collection, Sequence

import msgspec

from lamplighter.cli.instants import local, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.decision import gates
from lamplighter.cli.table import Table
from lamplighter.cli.verifier import Checked, CheckedCard
from lamplighter.domain.journal import Entry, Verification
from lamplighter.views.history import AsOf

#: Digits of a digest that people are shown.
_SHORT = 12
#: Fields of events that people are shown, in this order.
_NAMES = (
    *("environment", "rollout", "incident", "challenge", "retraining", "phase", "state"),
    *("side", "person", "email", "team", "kind", "tier", "verdict", "choice"),
)


def journal_page(entries: Sequence[Entry], address: str) -> Page:
    """The newest entries, newest first."""
    rows = [(str(e.sequence), short(e.at), e.actor, e.name, _told(e)) for e in entries]
    return Page(
        says=f"The newest {len(entries)} entries of the journal." if entries else "The journal is empty.",
        data={"entries": entries},
        table=Table(rows, ("ENTRY", f"WHEN ({zone()})", "WHO", "WHAT", "ABOUT"), frozenset({0})),
        next=["lamp audit verify"],
        url=address,
    )


def _told(entry: Entry) -> str:
    """The model and the other names of an event, short; `--json` has all of it."""
    fields = msgspec.structs.asdict(entry.event)
    number = [f"v{fields['number']}"] if fields.get("number") else []
    return " ".join([*filter(None, [fields["model"], *number]), *(str(fields[name]) for name in _NAMES if fields.get(name))])


def verification_page(found: Verification, address: str) -> Page:
    """Whether the chain holds."""
    whole = f"The chain of all {found.entries} entries holds."
    return Page(
        says=whole if found.verified else f"The chain is broken: {found.why}",
        data={"verification": found},
        facts=[("head", found.head)],
        next=["lamp audit log"],
        url=address,
        code=0 if found.verified else 8,
    )


def exported_page(file: str, found: Checked) -> Page:
    """Whether an exported journal is what was exported."""
    holds = f"The chain of all {found.entries:,} entries holds."
    return Page(
        says=f"{file} is not what was exported: {found.why}" if found.why else holds,
        data={"entries": found.entries, "head": found.head, "verified": not found.why, "why": found.why},
        facts=[("head", found.head)],
        code=8 if found.why else 0,
    )


def card_page(file: str, found: CheckedCard, trusted: Collection[str] = ()) -> Page:
    """Whether a model file or a selection is what was signed, and by which key."""
    known = "trusted on this machine" if found.key in trusted else "hold it against the key that you wrote down, with --head"
    return Page(
        says=f"{file} is refused. {found.why}" if found.why else f"{file} is what was signed, byte for byte.",
        data={"key": found.key, "verified": not found.why, "why": found.why, "trusted_here": found.key in trusted},
        facts=[("key", found.key), ("whose", known)] if found.key and not found.why else [],
        code=8 if found.why else 0,
    )


def as_of_page(found: AsOf, address: str) -> Page:
    """What was live at an instant, since when, by whose deed and on which word."""
    where = f"{found.model} in {found.environment}"
    if not found.number:
        says = f"At {local(found.at)} nothing of {where} was live."
        if found.how == "retired":
            says += f" It was retired on {local(found.since)}, by {found.by}."
        return Page(says=says, data={"as_of": found}, next=[f"lamp audit log {found.model}"], url=address)
    decision = found.decision
    return Page(
        says=f"At {local(found.at)} {found.model} v{found.number} was live in {found.environment}.",
        data={"as_of": found},
        facts=[
            ("version", found.version),
            ("since", f"{local(found.since)}, by {found.by} ({found.how})"),
            *((("switched off", f"{local(found.off.at)}, by {found.off.person}: {found.off.reason}"),) if found.off else ()),
            ("criticality", found.tier or "-"),
            *((f"{a.side} accepts", f"{a.person}, {local(a.at)}, entry {a.sequence}") for a in found.approvals),
            (
                "decision",
                f"{decision.digest[:_SHORT]}, {local(decision.at)}, asked by {decision.asked_by}" if decision else "-",
            ),
            ("entries", ", ".join(str(sequence) for sequence in found.sequences)),
        ],
        table=gates(decision.judgements) if decision else None,
        next=[f"lamp audit log {found.model}", "lamp audit verify"],
        url=address,
    )
