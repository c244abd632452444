"""The rule book: set by somebody, taken on by every control plane."""

from lamplighter.domain.criticality import criticality_of
from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Policy
from lamplighter.domain.rulebook_change import Changed, RuleBookChange, differences
from lamplighter.lifecycle import in_force, routing, rulebook
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def change(kit: Kit, actor: Actor, text: str, why: str) -> RuleBookChange:
    """Bring another rule book into force; signatures that were given under the one before do not hold under it.

    Raises `Invalid` for one that does not read, that some project does not fit, or that is no newer version, and `Conflict`
    where a file of the configuration governs.
    """
    if kit.settings.policy:
        raise Conflict(
            "The rule book is a file of the configuration.",
            why="`policy` of config.toml or LAMP_POLICY names it, and a second source would leave open which one holds.",
            fix="Change that file and start the platform again, or leave policy out of the configuration.",
            code="E1597",
        )
    policy = rulebook.checked(text)
    if not why.strip():
        raise Invalid(
            "Another rule book takes a reason.",
            why="Whoever looks back later reads why the rules changed.",
            fix='Write --reason "Audit of March asks for a word of risk."',
            code="E1272",
        )
    with kit.store.transaction() as writing:
        _check_newer(kit.policy, policy)
        _check_projects(writing, policy)
        last = writing.rulebook_changes.last()
        made = RuleBookChange(
            digest=policy.digest,
            name=policy.name,
            version=policy.version,
            person=actor.email,
            why=why.strip()[:2000],
            is_set=True,
            at=kit.clock.now(),
        )
        writing.policies.put(policy)
        writing.rulebook_changes.add(made)
        kit.record(writing, in_force.event_of(made, last.digest if last else ""), actor)
    kit.govern(in_force.InForce(policy, policy.digest))
    routing.apply_everywhere(kit)
    return made


def changed(look: Transaction, digest: str) -> tuple[Changed, ...]:
    """What a rule book that came into force changed; raises `NotFound` for a digest that is of none, or of several."""
    changes = look.rulebook_changes.all(newest="id")
    found = [place for place, one in enumerate(changes) if digest and one.digest.startswith(digest)]
    if len({changes[place].digest for place in found}) != 1:
        raise unknown("rule book", digest, dict.fromkeys(one.digest[:12] for one in changes))
    pair = changes[found[0] : found[0] + 2]
    kept = [look.policies.find(digest=one.digest) for one in pair]
    after, before = kept[0], kept[-1]
    return differences(before, after) if before and after else ()


def _check_newer(before: Policy, after: Policy) -> None:
    if before.name == after.name and after.version <= before.version:
        raise Invalid(
            "That is no newer version of the rule book.",
            why=f"Version {before.version} of {before.name} is in force, and the file says {after.version}.",
            fix=f"Write version = {before.version + 1} at its top.",
            code="E1272",
        )


def _check_projects(look: Transaction, policy: Policy) -> None:
    for project in look.projects.all():
        try:
            criticality_of(project, policy)
        except NotFound:
            raise Invalid(
                f"The project of {project.name} does not fit the rule book.",
                why=f"It declares the tier {project.model.criticality}, which the rule book does not have.",
                fix="Keep that tier, or change criticality in its lamp.toml first.",
                code="E1272",
            ) from None


def follow(kit: Kit) -> None:
    """Take on what somebody has set through another control plane."""
    with kit.store.reading() as look:
        found = in_force.set_by_somebody(kit.settings, look)
    if found is not None and found.digest != kit.in_force:
        kit.govern(found)
        routing.apply_everywhere(kit)
