"""The words of the pages, the same as on the command line."""

from collections.abc import Mapping

from lamplighter.domain.advice import Arrangement
from lamplighter.domain.stage import Duty

#: Name and meaning of each arrangement.
ARRANGEMENTS: Mapping[Arrangement, tuple[str, str]] = {
    Arrangement.DATA_SCIENTIST_LED: ("Do it yourself", "The data scientist owns every stage: autonomy and speed."),
    Arrangement.COLLABORATIVE: ("Light, then hand over", "The data scientist deploys first, with gates; IT takes over later."),
    Arrangement.IT_LED: ("IT-led", "IT deploys and watches by set guidelines: robustness first."),
}

#: What each duty asks of the person who holds it.
DUTIES: Mapping[Duty, str] = {
    Duty.DESIGN: "Keep problem, requirements and sources right",
    Duty.VALIDATE: "Check and package versions",
    Duty.DEPLOY: "Bring versions into production",
    Duty.MONITOR_TECHNICAL: "Answer outages, errors, slowness",
    Duty.MONITOR_FUNCTIONAL: "Answer drift and lost quality",
    Duty.ROLL_BACK: "Return to the version before",
    Duty.RETRAIN: "Train and choose the next version",
    Duty.RETIRE: "Take the model out of use",
}

#: What a page says after a deed, by the word in its address.
DONE: Mapping[str, str] = {
    "rolled-back": "Rolled back. The version named above has all traffic.",
    "started": "The rollout has begun.",
    "waiting": "The version waits for people. It goes on by itself once they have accepted it.",
    "blocked": "A gate said no. Nothing was changed; the decision below says why and what to do.",
    "accepted": "Your acceptance is written down.",
    "refused": "Your refusal is written down.",
    "acknowledged": "You have it. Nobody else is told any more.",
    "resolved": "The incident is over.",
    "paused": "The rollout is paused. Its share stays and its limits still hold.",
    "resumed": "The rollout goes on.",
    "stopped": "The rollout is stopped. All traffic goes back to the version before.",
    "training": "The training is asked for.",
}


def plain(word: str) -> str:
    """A word of the domain as the start of a sentence: `mission-critical` gives `Mission-critical`."""
    return word[:1].upper() + word[1:].replace("_", " ")
