"""An alias is a request to promote: it goes through the gates that everything goes through, and then traffic moves."""

import msgspec

from lamplighter.domain.decision import Decision
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, NotAllowed
from lamplighter.domain.identity import Actor
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.tracking.candidate import Candidate
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded
from lamplighter.store.transaction import Transaction


class NotPromoted(NotAllowed):
    """The version does not get the traffic, or not yet."""

    code = "E1822"


def promote(kit: Kit, caller: Actor, one: Candidate) -> None:
    """Ask for the traffic of production; returns where it has it or gets it by itself, and raises `NotAllowed` otherwise."""
    if one.packed is msgspec.UNSET:
        raise NotPromoted(
            f"Version {one.number} is a candidate: its files are kept here, and nothing of it can be served yet.",
            why="It has to be packed and measured first, where its packages are; the control plane opens no model.",
            fix=f"Run lamp deploy in the folder of its lamp.toml, with source = '{_shown(one)}', or let CI do so.",
        )
    with kit.store.reading() as look:
        place = _production(look)
        champion = look.routings.of(one.packed.model, place.name).champion
        open_one = look.rollouts.find(model=one.packed.model, environment=place.name, open=True)
    if champion is not None and champion.digest == one.packed.digest:
        return
    if open_one is None or open_one.version != one.packed.digest:
        answer = Embedded(kit, caller).deploy(f"{one.packed.model}@{one.packed.number}", place.name)
        if answer.rollout is None:
            raise _refused(kit, answer.decision)
        open_one = answer.rollout
    if open_one.phase is Phase.WAITING:
        raise _waits(kit, open_one)


def no_way_down(one: Candidate) -> NotPromoted:
    """The refusal to take the traffic away by taking a name away."""
    assert one.packed is not msgspec.UNSET
    return NotPromoted(
        "This version has the traffic of production.",
        why="Taking its name away would leave callers without an answer, or change nothing.",
        fix=f"Promote another version, or run lamp rollback {one.packed.model}.",
    )


def _production(look: Transaction) -> Environment:
    places = [place for place in look.environments.all() if place.level is Level.PRODUCTION]
    if len(places) != 1:
        raise Conflict(
            "Nobody can tell which environment is meant.",
            why=f"There are {len(places)} environments of the level production, and an alias names none.",
            fix="Name it: lamp deploy MODEL@NUMBER --env ENVIRONMENT.",
            code="E1823",
        )
    return places[0]


def _refused(kit: Kit, decision: Decision) -> NotPromoted:
    judged = decision.in_the_way[0]
    why, fix = getattr(judged.verdict, "why", ""), getattr(judged.verdict, "fix", "")
    page = f"{kit.settings.url}/m/{decision.model}/v/{decision.number}"
    return NotPromoted(
        f"{decision.model} v{decision.number} does not come into {decision.environment}.", why=why, fix=f"{fix} See {page}."
    )


def _waits(kit: Kit, rollout: Rollout) -> NotPromoted:
    return NotPromoted(
        f"{rollout.model} v{rollout.number} waits for people before it comes into {rollout.environment}.",
        why="The rule book asks for their word; alias and traffic stay as they were until then.",
        fix=f"It is given at {kit.settings.url}/approvals/{rollout.id}, and then the traffic moves by itself.",
    )


def _shown(one: Candidate) -> str:
    # A name that could break out of the quotation marks is not repeated.
    return one.uri if one.name.replace("-", "").replace("_", "").replace(" ", "").isalnum() else "models:/NAME/NUMBER"
