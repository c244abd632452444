"""The choice between the version that is live and its challenger: one test with its guardrails, and what follows from them.

The platform signs the bytes of it. Law of change: fields may be added with a default; whoever reads an older selection reads
the bytes that were signed, never its own rendering of them.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.challenge import Choice, Verdict
from lamplighter.domain.decoding import from_json, from_plain
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.selection_rule import SelectionRule

#: The kind of evidence that a selection is; only the platform brings it.
KIND = "selection"
#: What the signature is about, and the first line of an exported selection: no other signature of a key can be taken for it.
FORMAT = b'{"format":"lamplighter-selection-1"}'


class Guard(StrEnum):
    """What is looked at beside the figure that decides."""

    #: How long it takes, beside the champion on the same requests.
    LATENCY = "latency"
    #: What its decisions cost, beside the champion's on the same labelled rows.
    COST = "cost"
    #: How it treats protected groups, by the criteria of `lamp.toml`.
    FAIRNESS = "fairness"
    #: Decisions that turn on the same rows, for each consumer.
    FLIPS = "flips"


class Held(StrEnum):
    """What became of a guardrail."""

    #: It is on its side of the bound, beyond chance.
    KEPT = "kept"
    #: It is on the other side, beyond chance.
    BROKEN = "broken"
    #: Chance explains either, or it was not measured.
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


class Guardrail(Record, frozen=True):
    """One guardrail as it was found."""

    guard: Guard
    #: Whom it is about, such as a consumer or the groups of a column; empty for all rows.
    subject: str
    held: Held
    #: The figure as a sentence, and what is missing.
    why: str
    #: The figure, what it is held against, and the ends of the interval; nothing where it was not measured.
    value: float | None = None
    bound: float | None = None
    low: float | None = None
    high: float | None = None
    #: Rows, or for latency requests, and how many even a spotless challenger needs.
    n: int = 0
    least: int = 0

    @property
    def name(self) -> str:
        """Such as `flips of ops-dashboard`."""
        return f"{self.guard} of {self.subject}" if self.subject else self.guard.value


class Primary(Record, frozen=True):
    """The figure that decides, and the test of its difference."""

    metric: str
    #: Such as `paired t, by day`.
    test: str
    champion: float
    challenger: float
    #: Challenger minus champion, and the ends of the interval.
    difference: float
    low: float
    high: float
    #: Labelled rows that both scored, and the groups that they are of.
    n: int
    groups: int
    verdict: Verdict
    why: str


class Selection(Record, frozen=True):
    """One decision."""

    #: The trial that it ends, such as `C-4`.
    trial: str
    model: str
    environment: str
    #: Numbers and digests of the versions.
    champion: int
    champion_version: str
    challenger: int
    challenger_version: str
    #: The window of event time, microseconds since the epoch; half open.
    start: int
    end: int
    #: Digest of the rows that were compared, and of the evidence that was read, by kind.
    data: str
    evidence: Mapping[str, str]
    #: What was asked, and the rule book and project that ask it.
    rule: SelectionRule
    policy: str
    project: str
    #: Which look at this pair of versions it is, from 1, and the probability that it may swap by chance.
    look: int
    alpha: float
    primary: Primary
    guardrails: tuple[Guardrail, ...]
    #: What is not asked for, and why, by guard.
    unguarded: Mapping[str, str]
    choice: Choice
    #: What brought it about: the figure that decides, or the name of a guardrail.
    by: str
    why: str
    #: Who asked, and when, microseconds since the epoch, UTC.
    asked_by: str
    at: int
    #: Share of the prediction log that there was time to look through, the newest part of it.
    looked_through: float = 1.0


class Sealed(Record, frozen=True):
    """A selection with the signature of the platform: the facts of its evidence."""

    #: The canonical JSON of it, as it was signed.
    content: str
    #: Public key and Ed25519 signature, hexadecimal.
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        """The bytes that are signed: every line of the exported file before the last."""
        return FORMAT + b"\n" + self.content.encode() + b"\n"

    @property
    def keyid(self) -> str:
        """SHA-256 of the key."""
        return digest_of(bytes.fromhex(self.key))

    @property
    def selection(self) -> Selection:
        """What was signed."""
        return from_json(self.content.encode(), Selection)

    @property
    def file(self) -> bytes:
        """It as a file that the stand-alone verifier checks."""
        return self.message + canonical({"key": self.key, "signature": self.signature}) + b"\n"


def sealed_in(facts: Mapping[str, Any]) -> Sealed | None:
    """What evidence holds; nothing where it has another shape."""
    try:
        found = from_plain(facts, Sealed)
        _ = found.selection, found.keyid
    except (msgspec.MsgspecError, ValueError):
        return None
    return found


def look_alpha(alpha: float, look: int) -> float:
    """What one look at a pair of versions may spend, so that however many looks there are spend `alpha` at most.

    1/(1*2) + 1/(2*3) + ... is 1: the first look has half of it, the next a sixth.
    """
    return alpha / (look * (look + 1))


def chosen(primary: Primary, guardrails: Sequence[Guardrail]) -> tuple[Choice, str, str]:
    """The choice, what brought it about, and why.

    A swap needs every part, so that its error is that of the part that is wrong and no correction is needed (Berger,
    Technometrics 24, 1982).
    """
    broken = [one for one in guardrails if one.held is Held.BROKEN]
    unknown = [one for one in guardrails if one.held is Held.NOT_ENOUGH_EVIDENCE]
    if primary.verdict is Verdict.CHAMPION_STAYS:
        return Choice.KEEP, primary.metric, primary.why
    if broken:
        return Choice.KEEP, broken[0].name, " ".join(one.why for one in broken)
    if primary.verdict is not Verdict.CHALLENGER_WINS:
        return Choice.UNDECIDED, primary.metric, primary.why
    if unknown:
        return Choice.UNDECIDED, unknown[0].name, " ".join(one.why for one in unknown)
    kept = f" It keeps to {len(guardrails)} {'guardrail' if len(guardrails) == 1 else 'guardrails'}." if guardrails else ""
    return Choice.SWAP, primary.metric, f"{primary.why}{kept}"
