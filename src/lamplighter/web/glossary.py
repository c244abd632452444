"""The words of the house with their meanings, taken from where they are defined."""

import inspect
import re
from enum import Enum
from functools import cache

from lamplighter.domain import acceptance, advice, challenge, decision, evidence, incident, monitor, policy, readiness, version
from lamplighter.domain import contract, environment, identity, ownership, project, retraining, rollout, route, stage
from lamplighter.domain.journal import Entry

_MEMBER = re.compile(r"((?:^ *#: .*\n)+)^ *(\w+) = ", re.MULTILINE)

#: What the glossary explains: the word and where it is defined.
NOUNS: tuple[tuple[str, type], ...] = (
    ("Project", project.Project),
    ("Version", version.Version),
    ("Manifest", version.Manifest),
    ("Contract", contract.Contract),
    ("Evidence", evidence.Evidence),
    ("Decision", decision.Decision),
    ("Judgement", decision.Judgement),
    ("Environment", environment.Environment),
    ("Rollout", rollout.Rollout),
    ("Route", route.ModelRoute),
    ("Signature", acceptance.Signature),
    ("Finding", monitor.Finding),
    ("Reading", monitor.Reading),
    ("Incident", incident.Incident),
    ("Retraining", retraining.Retraining),
    ("Challenge", challenge.Challenge),
    ("Duty", ownership.Assignment),
    ("Readiness", readiness.Readiness),
    ("Policy", policy.Policy),
    ("Tier", policy.Tier),
    ("Journal entry", Entry),
)

#: Lists of words that belong together.
LISTS: tuple[tuple[str, type[Enum]], ...] = (
    ("Stages", stage.Stage),
    ("Duties", stage.Duty),
    ("Status", stage.Status),
    ("Aspects of status", stage.Aspect),
    ("Arrangements", advice.Arrangement),
    ("Parts of readiness", readiness.Part),
    ("Levels of environments", environment.Level),
    ("Sides that accept", acceptance.Side),
    ("Parts of the traffic", route.Arm),
    ("Phases of a rollout", rollout.Phase),
    ("States of an incident", incident.State),
    ("States of a training", retraining.State),
    ("Ends of a challenge", challenge.Verdict),
    ("Badges of an artifact", version.Badge),
    ("Roles", identity.Role),
    ("Permissions", identity.Permission),
)


def meaning(noun: type) -> str:
    """The first paragraph of what its definition says."""
    return (inspect.getdoc(noun) or "").split("\n\n")[0].replace("\n", " ")


@cache
def members(words: type[Enum]) -> dict[str, str]:
    """The sentence of every member that has one, by value."""
    found = _MEMBER.findall(inspect.getsource(words))
    return {str(words[name].value): _joined(comment) for comment, name in found if name in words.__members__}


def sentence_of(member: Enum) -> str:
    """What a member means; empty if its definition has no sentence."""
    return members(type(member)).get(str(member.value), "")


def _joined(comment: str) -> str:
    return " ".join(line.strip().removeprefix("#:").strip() for line in comment.splitlines())
