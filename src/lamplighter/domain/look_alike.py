"""Look-alikes: waiting releases that ask the same people the same question, so that one look answers for all.

Two releases look alike when both are plain retrains (`retrained`) of one project definition, every gate but people's word has
passed without a waiver, they wait for the same sides in the same environment, and no figure moved further than the rule book
allows. Whatever asks anything else is read by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.decision import Inapplicable, Judgement, Passed
from lamplighter.domain.look_alike_rule import LookAlikeRule
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.retrained import Compared, shape
from lamplighter.domain.version import Manifest

#: A value this many robust deviations away stands apart: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
_APART = 3.5
#: The median of absolute deviations times this is the standard deviation of a normal distribution.
_NORMAL = 1.4826
#: Fewer than so many have no middle to be far from.
_FEW = 4
#: A deviation smaller than this part of the bound is none.
_EQUAL = 0.1


class Asked(Record, frozen=True):
    """One release that waits for people, beside the version that it would replace."""

    rollout: str
    model: str
    number: int
    #: Digest of the version.
    version: str
    environment: str
    #: Number of the version that it would replace.
    replaces: int
    tier: str
    #: What a word is bound to: version, evidence, project and rule book, as they were judged last.
    binding: str
    #: When that was, microseconds since the epoch, UTC.
    judged_at: int
    #: Sides whose word is missing.
    sides: tuple[str, ...]
    #: Digest of everything that look-alikes share, see `definition`.
    definition: str
    figures: tuple[Compared, ...]
    #: Why it is no look-alike, a sentence each: it is read by itself.
    differs: tuple[str, ...] = ()
    #: Why it stands apart from others of its kind; empty if it does not.
    apart: str = ""

    @property
    def name(self) -> str:
        """The reference people use."""
        return f"{self.model}@{self.number}"


class Spread(Record, frozen=True):
    """How far one figure moved over all members of a group, as parts of its value."""

    name: str
    low: float
    middle: float
    high: float


class LookAlikes(Record, frozen=True):
    """Releases that one look answers for, and those of the same kind that it does not answer for."""

    #: Names the question, such as `3fa91c04`; the same while the question is.
    key: str
    environment: str
    tier: str
    sides: tuple[str, ...]
    #: Why they look alike.
    why: str
    #: By model.
    members: tuple[Asked, ...]
    #: Of the same kind, but each is read by itself; what moved furthest comes first.
    apart: tuple[Asked, ...]
    spread: tuple[Spread, ...]


class Shown(Record, frozen=True):
    """One member of a group as somebody has seen it."""

    rollout: str
    #: `Asked.binding` at the time; another one now means that something changed since.
    binding: str


class LeftOut(Record, frozen=True):
    """One member on which no word was given."""

    rollout: str
    #: Such as `late-flights@7`; empty for a rollout that there is not.
    name: str
    why: str


class Together(Record, frozen=True):
    """What one act came to: a word on each member that was signed, and why each other one was left out."""

    key: str
    side: Side
    signed: tuple[Signature, ...]
    left_out: tuple[LeftOut, ...]


def definition(project: Project, manifest: Manifest) -> str:
    """Digest of a project but for its name, and of what its retrains leave as it is."""
    unnamed = msgspec.structs.replace(project, model=msgspec.structs.replace(project.model, name=""))
    return digest_of(canonical([unnamed.digest, shape(manifest)]))


def in_the_way(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Gates but that of people's word that did not pass by themselves, a sentence each."""
    open_ones = (one for one in judgements if one.gate != "acceptance" and not isinstance(one.verdict, Passed | Inapplicable))
    return tuple(f"The gate {one.gate} is {one.verdict.word}." for one in open_ones)


def groups(asked: Iterable[Asked], rules: dict[str, LookAlikeRule]) -> tuple[LookAlikes, ...]:
    """Every two or more that look alike, with the rule of each tier; what is in no group is read by itself."""
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if not one.differs and one.sides:
            kinds[_question(one)].append(one)
    found = (_group(key, alike, rules[alike[0].tier].within) for key, alike in sorted(kinds.items()))
    return tuple(one for one in found if len(one.members) > 1)


def _question(one: Asked) -> str:
    return digest_of(canonical([one.environment, one.tier, one.sides, one.definition]))[:8]


def _group(key: str, kind: Sequence[Asked], within: float) -> LookAlikes:
    told = [msgspec.structs.replace(one, apart=_moved(one, within)) for one in kind]
    near = [one for one in told if not one.apart]
    further = {one.rollout: _far(one, near, within) for one in near}
    told = [msgspec.structs.replace(one, apart=one.apart or further.get(one.rollout, "")) for one in told]
    members = sorted((one for one in told if not one.apart), key=lambda one: one.model)
    apart = sorted((one for one in told if one.apart), key=lambda one: -max(abs(figure.change) for figure in one.figures))
    first = kind[0]
    why = (
        "Each is a retrain of the version that it replaces, of one project definition: code, packages, inputs, output and "
        f"threshold are the same, every gate passed without a waiver, and no figure moved by more than {100 * within:.3g} %."
    )
    return LookAlikes(
        key=key,
        environment=first.environment,
        tier=first.tier,
        sides=first.sides,
        why=why,
        members=tuple(members),
        apart=tuple(apart),
        spread=_spread(members),
    )


def _moved(one: Asked, within: float) -> str:
    outside = [figure for figure in one.figures if not abs(figure.change) <= within]
    if not outside:
        return ""
    return f"{told(max(outside, key=lambda figure: abs(figure.change)))}, more than {100 * within:.3g} %."


def _far(one: Asked, near: Sequence[Asked], within: float) -> str:
    """Why one that moved within the bound is still not like the rest."""
    if len(near) < _FEW:
        return ""
    for figure in one.figures:
        changes = [other.change for asked in near for other in asked.figures if other.name == figure.name]
        middle = median(changes)
        deviation = max(_NORMAL * median(abs(change - middle) for change in changes), _EQUAL * within)
        if abs(figure.change - middle) > _APART * deviation:
            return f"{told(figure)}, where the others moved by {middle:+.2%}."
    return ""


def told(figure: Compared) -> str:
    """A figure and how it moved, as the start of a sentence."""
    return f"{figure.name} moved from {figure.before:.4g} to {figure.after:.4g} ({figure.change:+.1%})"


def _spread(members: Sequence[Asked]) -> tuple[Spread, ...]:
    changes: dict[str, list[float]] = defaultdict(list)
    for one in members:
        for figure in one.figures:
            changes[figure.name].append(figure.change)
    return tuple(
        Spread(name=name, low=min(found), middle=median(found), high=max(found)) for name, found in sorted(changes.items())
    )
