"""The model file of a version, made from the record alone: a few sections in each file of this folder."""

from typing import TYPE_CHECKING

from lamplighter.domain.card import Card
from lamplighter.domain.origin import KIND, origin_in
from lamplighter.domain.policy import Policy
from lamplighter.domain.training_input import KIND as GIVEN
from lamplighter.domain.training_input import given_in
from lamplighter.domain.version import Version
from lamplighter.views.card import checks, design, inside, life, people
from lamplighter.views.card.figures import figures_of, is_held_out

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Roles of the artifacts whose format says with what the model was made, the first that is there.
_MADE_WITH = ("source", "model", "plan")


def card(look: "Transaction", version: Version, *, policy: Policy, now: int) -> Card:
    """Everything on record of a version."""
    project, evidence = look.project(version.model), look.evidence.newest(version.digest)
    manifest = version.manifest
    entries, head = look.journal.end()
    formats = {artifact.role: artifact.format for artifact in manifest.artifacts}
    performance = evidence.get("performance")
    return Card(
        version=version.name,
        digest=version.digest,
        model=version.model,
        number=version.number,
        summary=project.model.summary,
        licence=manifest.provenance.licence,
        meaning=manifest.contract.output.meaning,
        format=next((formats[role] for role in _MADE_WITH if role in formats), ""),
        held_out=is_held_out(performance),
        figures=figures_of(performance),
        sections=(
            *design.sections(project, policy),
            *inside.sections(project, version, origin_in(evidence.get(KIND)), given_in(evidence.get(GIVEN))),
            *checks.sections(look, version, evidence),
            *people.sections(look, project, version, evidence, now),
            *life.sections(look, project, version, policy, now),
        ),
        made_at=now,
        entries=entries,
        head=head,
    )
