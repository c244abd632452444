"""A model of Dana's that can be handed over, and what its receivers show."""

from typing import Any

from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.sdk import models

from lamplighter.domain.handover import Drill, Handover
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version

MODEL = "handed"
RUNBOOK = {"runbook": "Look whether the feed of the stations is there."}
#: Where the word stands in the title of a test page.
_WORD = ", word "


def project(name: str = MODEL, **more: Any) -> Project:
    """A model of little risk of which Dana has every stage, and Milo stands in."""
    owners = {
        **dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), models.OWNER),
        "deputy": models.DEPUTY,
        "business": models.REQUESTER,
    }
    at_once = {"prod": {"rollout": {"steps": [100], "each": "0s", "least_requests": 0}}}
    source = [{"name": "timetable", "owner": models.OWNER, "columns": ["delay", "load"], "freshness": "1d"}]
    return models.project(name, **{"owners": owners, "env": at_once, "source": source, **more})


def twice_live(life: Life, found: Project | None = None) -> list[Version]:
    """Two versions that went live one after the other, on real processes."""
    versions = life.versions(found or project(), 2)
    for version in versions:
        life.live(version)
    return versions


def started(life: Life, model: str = MODEL) -> Handover:
    """Dana asks the team that runs things."""
    return life["dana"].start_handover(model, "@it-ops", RUNBOOK)


def word(receiver: Receiver) -> str:
    """The word of the newest test page that came."""
    titles = [event["data"]["title"] for event in receiver.events if event["type"] == "lamplighter.handover.tested.v1"]
    return str(titles[-1].rpartition(_WORD)[2])


def shown(life: Life, receiver: Receiver, key: str, *, person: str = "ines") -> Handover:
    """Somebody of the receiver holds every drill."""
    platform = life[person]
    platform.drill_handover(key, Drill.ACCESS)
    platform.drill_handover(key, Drill.ROLLBACK)
    platform.drill_handover(key, Drill.PAGE)
    return platform.answer_page(key, word(receiver))
