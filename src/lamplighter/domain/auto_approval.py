"""Whether the platform accepts a retrain by itself, where the rule book says so: never in a critical tier."""

from collections.abc import Sequence

from lamplighter.domain.decision import AutoApproved, Judgement, Undecided
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.look_alike import in_the_way, told
from lamplighter.domain.look_alike_rule import Approver
from lamplighter.domain.policy import Tier
from lamplighter.domain.retrained import retrained
from lamplighter.domain.version import Badge

_GATE = "acceptance"


def with_auto_approval(held: Dossier, tier: Tier, judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """What every gate said, with people's word taken as given where the rule book lets the platform accept the version.

    Where it does not accept this one, the gate says why people are asked.
    """
    if tier.look_alikes.approve is not Approver.PLATFORM or tier.critical:
        return tuple(judgements)
    return tuple(_accepted(one, held, tier, judgements) if one.gate == _GATE else one for one in judgements)


def _accepted(one: Judgement, held: Dossier, tier: Tier, judgements: Sequence[Judgement]) -> Judgement:
    verdict = one.verdict
    if not isinstance(verdict, Undecided):
        return one
    why = why_not(held, tier, judgements)
    if why:
        said = Undecided(why=f"{verdict.why} {why}", fix=verdict.fix, waiting=verdict.waiting)
        return Judgement(gate=one.gate, verdict=said)
    replaced = held.live.number if held.live else 0
    rate = tier.look_alikes.spot_checks
    words = (
        f"No person's word is asked for: it is a plain retrain of v{replaced}, every gate passed, and no figure moved by more "
        f"than {100 * tier.look_alikes.within:.3g} %. It may be drawn for a spot check ({100 * rate:.3g} % are)."
    )
    return Judgement(gate=one.gate, verdict=AutoApproved(why=words, within=tier.look_alikes.within, spot_checks=rate))


def why_not(held: Dossier, tier: Tier, judgements: Sequence[Judgement]) -> str:
    """Why the platform does not accept this one, as a sentence; empty if it does."""
    if tier.critical or tier.look_alikes.approve is not Approver.PLATFORM:
        return f"The rule book has people accept versions of the tier {tier.name}."
    return next(iter(_reasons(held, tier, judgements)), "")


def _reasons(held: Dossier, tier: Tier, judgements: Sequence[Judgement]) -> tuple[str, ...]:
    found = retrained(held.live, held.version, held.live_figures, held.evidence.get("performance"))
    place = held.environment.name
    own = held.project.env[place].approvals if place in held.project.env else ()
    return (
        *((held.no_auto_approval,) if held.no_auto_approval else ()),
        *((f"The project itself asks for the word of {', '.join(side.word for side in own)}.",) if own else ()),
        *(("Opening it runs code, and people accept what does.",) if held.version.manifest.badge is Badge.CODE else ()),
        *in_the_way(judgements),
        *found.differs,
        *(f"{told(one)}, more than {100 * tier.look_alikes.within:.3g} %." for one in found.outside(tier.look_alikes.within)),
    )
