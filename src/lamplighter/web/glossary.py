"""Lists of words with their meanings, taken from where they are defined."""

import inspect
import re
from enum import Enum
from functools import cache

from lamplighter.domain import (
    acceptance,
    advice,
    challenge,
    consumer,
    environment,
    identity,
    incident,
    readiness,
    replay,
    retraining,
    rollout,
    route,
    selection,
    stage,
    trigger,
    triggering,
    version,
)

_MEMBER = re.compile(r"((?:^ *#: .*\n)+)^ *(\w+) = ", re.MULTILINE)

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
    ("Triggers of trainings", trigger.Trigger),
    ("Where a trigger stands", triggering.Readiness),
    ("Standing of a caller", consumer.Standing),
    ("States of a replay", replay.State),
    ("Ends of a challenge", challenge.Verdict),
    ("Choices of a selection", challenge.Choice),
    ("Guardrails of a selection", selection.Guard),
    ("What becomes of a guardrail", selection.Held),
    ("Badges of an artifact", version.Badge),
    ("Roles", identity.Role),
    ("Permissions", identity.Permission),
)


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
