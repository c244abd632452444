"""What gates say, and what was decided on it. A refusal is a value."""

from collections.abc import Mapping
from typing import ClassVar

from lamplighter.domain.record import Record, canonical, digest_of


class Passed(Record, frozen=True, tag="passed", tag_field="verdict"):
    """The gate is content."""

    word: ClassVar[str] = "passed"
    #: What was found, as a sentence.
    why: str = ""

    def __bool__(self) -> bool:
        return True


class Inapplicable(Record, frozen=True, tag="inapplicable", tag_field="verdict"):
    """There is nothing that the gate could judge. It holds nothing up, and says that it has seen nothing."""

    word: ClassVar[str] = "inapplicable"
    why: str

    def __bool__(self) -> bool:
        return True


class Waived(Record, frozen=True, tag="waived", tag_field="verdict"):
    """The gate says no or lacks evidence, and somebody has taken that on for a time. It holds nothing up, and is no pass."""

    word: ClassVar[str] = "waived"
    #: What the gate found, who waived it, until when and why, as sentences.
    why: str
    #: The waiver, such as `W-3`.
    waiver: str
    #: What the gate said, word for word.
    found: str
    #: Microseconds since the epoch, UTC.
    until: int

    def __bool__(self) -> bool:
        return True


class AutoApproved(Record, frozen=True, tag="auto-approved", tag_field="verdict"):
    """People's word is not asked for: the rule book lets the platform accept a version that looks like the one it replaces."""

    word: ClassVar[str] = "auto-approved"
    why: str
    #: By what part of itself a figure may have moved, and what share of such versions is drawn for a spot check.
    within: float
    spot_checks: float

    def __bool__(self) -> bool:
        return True


class Refused(Record, frozen=True, tag="refused", tag_field="verdict"):
    """The gate says no."""

    word: ClassVar[str] = "refused"
    why: str
    fix: str

    def __bool__(self) -> bool:
        return False


class Undecided(Record, frozen=True, tag="undecided", tag_field="verdict"):
    """The gate lacks evidence, or waits for people. Never a pass."""

    word: ClassVar[str] = "undecided"
    why: str
    fix: str
    #: Whether only people's word is missing, so that waiting helps.
    waiting: bool = False

    def __bool__(self) -> bool:
        return False


Verdict = Passed | Inapplicable | Waived | AutoApproved | Refused | Undecided


class Judgement(Record, frozen=True):
    """One gate and what it said."""

    gate: str
    verdict: Verdict


class Decision(Record, frozen=True):
    """All that was judged for one version and one environment, and on what."""

    model: str
    #: Number and digest of the version.
    number: int
    version: str
    environment: str
    #: Digest of the dossier's evidence, project and policy.
    binding: str
    policy: str
    #: Digests of the evidence by kind.
    evidence: Mapping[str, str]
    judgements: tuple[Judgement, ...]
    #: Who asked.
    asked_by: str
    #: Microseconds since the epoch, UTC.
    at: int

    @property
    def digest(self) -> str:
        """Address of the decision."""
        return digest_of(canonical(self))

    @property
    def passed(self) -> bool:
        """Whether no gate stands in the way: every one passed, is waived, or has nothing to judge."""
        return all(judgement.verdict for judgement in self.judgements)

    @property
    def waivers(self) -> tuple[str, ...]:
        """The waivers that it rests on."""
        return tuple(one.verdict.waiver for one in self.judgements if isinstance(one.verdict, Waived))

    @property
    def auto_approved(self) -> AutoApproved | None:
        """What the platform accepted by itself; nothing where people's word was asked for or given."""
        return next((one.verdict for one in self.judgements if isinstance(one.verdict, AutoApproved)), None)

    @property
    def way(self) -> str:
        """How it lets the version in, where it does."""
        if self.auto_approved:
            return "Every gate passed, and the platform accepted it by itself."
        return f"Every gate passed or is waived ({', '.join(self.waivers)})." if self.waivers else "Every gate passed."

    @property
    def waiting(self) -> bool:
        """Whether nothing but people's word is missing."""
        return not self.passed and not self.in_the_way

    @property
    def in_the_way(self) -> tuple[Judgement, ...]:
        """Every gate that no waiting opens."""
        return tuple(one for one in self.judgements if not one.verdict and not _waits(one.verdict))


def _waits(verdict: Verdict) -> bool:
    return isinstance(verdict, Undecided) and verdict.waiting
