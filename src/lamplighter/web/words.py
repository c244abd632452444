"""The words of the pages, the same as on the command line."""

from collections.abc import Mapping

from lamplighter.domain.acceptance import Side
from lamplighter.domain.advice import Arrangement
from lamplighter.domain.stage import Duty

#: Name and meaning of each arrangement.
ARRANGEMENTS: Mapping[Arrangement, tuple[str, str]] = {
    Arrangement.DATA_SCIENTIST_LED: ("Do it yourself", "The data scientist owns every stage: autonomy and speed."),
    Arrangement.COLLABORATIVE: ("Light, then hand over", "The data scientist deploys first, with gates; IT takes over later."),
    Arrangement.IT_LED: ("IT-led", "IT deploys and watches by set guidelines: robustness first."),
}

#: Who a side is.
SIDES: Mapping[Side, str] = {Side.BUSINESS: "business", Side.IT: "IT", Side.RISK: "risk"}

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
    "switched-off": "Switched off. No version of it answers there until somebody uses it again.",
    "switched-on": "Switched on. The live version answers again.",
    "rolled-back": "Rolled back. The version named above has all traffic.",
    "started": "The rollout has begun.",
    "waiting": "The version waits for people. It goes on by itself once they have accepted it.",
    "blocked": "A gate said no. Nothing was changed; the decision below says why and what to do.",
    "accepted": "Your acceptance is written down.",
    "accepted-together": "Your acceptance is written down on each of them.",
    "lowered": "The lower tier holds from now on.",
    "not-lowered": "The tier stays, and your reason is written down.",
    "invited": "The link is sent by e-mail.",
    "uninvited": "The link opens nothing any more.",
    "signed": "Your word is written down, with your answers.",
    "declared": "The emergency is declared, and everybody with a duty of the model is told. A second person reviews it.",
    "reviewed": "Your review is written down. The next version goes its usual way.",
    "found": "The finding is written down. Its owner has to answer it.",
    "answered": "Your answer is written down. A validator looks at it.",
    "closed": "The finding is closed.",
    "returned": "The finding is given back to its owner.",
    "checked": "Your judgement is written down.",
    "lifted": "The platform accepts retrains of the model again that look like what they replace.",
    "validated": "Your word on the version is written down.",
    "waived": "The waiver is written down. The gate is shown as waived until it is over.",
    "ended": "The waiver is over. The gate counts again.",
    "drilled": "What you have shown is written down as evidence.",
    "paged": "The test page is sent. Whoever it reaches answers it with the word that stands in it.",
    "said": "The other side is told.",
    "handed": "They are asked to take it. Until they accept, everything stays with you.",
    "taken": "The duties are yours, and with them the rights to deploy and to roll back.",
    "given-back": "It is handed back. The giver has the duties and the rights again.",
    "refused": "Your refusal is written down.",
    "consented": "Your consent is written down.",
    "acknowledged": "You have it. Nobody else is told any more.",
    "resolved": "The incident is over.",
    "snoozed": "It is quiet until the time you gave. Then it is told again if it is still wrong.",
    "assigned": "It is given away. Who has it now is told.",
    "noted": "Your note is written down.",
    "paused": "The rollout is paused. Its share stays and its limits still hold.",
    "resumed": "The rollout goes on.",
    "stopped": "The rollout is stopped. All traffic goes back to the version before.",
    "announced": "The end of the model is announced. Whoever calls it is told, and asked to agree.",
    "retired": "The model is retired. Nobody is answered any more, and callers are told so.",
    "revived": "The model may be deployed again, through its gates.",
    "goes-on": "That is taken back. The model goes on.",
    "retuned": "The version is registered. Nothing that is live has changed; bring it live like any other.",
    "recalibrated": "The version is registered. Nothing that is live has changed; bring it live like any other.",
    "training": "The training is asked for.",
    "device-allowed": "The command gets a token of yours. Go back to your terminal; this page can be closed.",
    "device-refused": "The command gets nothing. If you did not start it, tell an administrator that somebody sent you a code.",
    "machine-forgotten": "The machine is missed no more. If it comes back, it is a machine like any other.",
    "machine-tokens-revoked": "No machine of the environment may ask any more, until it has a new token. They answer on.",
    "token-revoked": "The token is worthless from now on, with all that came from it.",
}


def plain(word: str) -> str:
    """A word of the domain as the start of a sentence: `mission-critical` gives `Mission-critical`."""
    return word[:1].upper() + word[1:].replace("_", " ")


#: The words of the house.
NOUNS: Mapping[str, str] = {
    "Project": "What lamp.toml says: the business problem, the people, the sources and what is asked of a model.",
    "Version": "One immutable state of a model, such as late-flights@7, addressed by the digest of its manifest.",
    "Contract": "What a version takes and what it gives. Every request is checked against it.",
    "Evidence": "Facts about one version, each with a digest: checks, figures, comparisons.",
    "Case": "One row in the words of the business, with the decision it expects. It judges each before it accepts a version.",
    "Consumer": "An application that calls a model. What it relies on is declared in lamp.toml, and somebody speaks for it.",
    "Replay": "The last real requests of each consumer, scored by the live version and by the next one, and compared.",
    "Gate": "One question that evidence has to answer before a version may go on: passed, refused or undecided.",
    "Validation": "Somebody outside the building team looks at a model. What they find has a severity, an owner and a day.",
    "Waiver": "One person takes on, with a reason and for a time, what one gate says of one version; never integrity.",
    "Decision": "What every gate said about one version for one environment, kept so that it can be taken again.",
    "Environment": "A place where versions answer. Its level says how protected it is.",
    "Freeze": "Days on which nothing new goes live. What is under way waits and goes on by itself; going back is always free.",
    "Emergency": "One person brings a version live past the calendar or past missing words; a second person reviews it later.",
    "Rollout": "One version on its way into one environment, share by share, with limits that stop it.",
    "Champion": "The version that answers.",
    "Challenger": "A version on trial: it answers a share, or scores along to be compared.",
    "Selection": "Whether the challenger takes the champion's place: one test with its guardrails, signed by the platform.",
    "Guardrail": "What a challenger has to keep to beside being better: latency, cost, fairness, decisions that turn.",
    "Shadow": "A version that scores the same rows and is never answered with.",
    "Criticality": "The tier of care a model needs, computed from the answers in [impact] and the policy file.",
    "Drift": "The inputs look different from what the model learned on. By itself it wakes nobody.",
    "False alarms": "Alarms although nothing has moved. Each model states how many a month are expected of its alarms at most. "
    "Over all models the numbers are added, which holds however models depend on each other; where there are many, each keeps "
    "to an equal part of what the platform allows. Alarms of quality and of the service state none: they hold your limit.",
    "Window": "The span of event time a figure is made of.",
    "Brier score": "Mean squared distance of the probability that was said and what came true; 0 is perfect.",
    "AUC": "How often a positive case gets a higher score than a negative one; 1 is perfect, 0.5 is chance.",
    "Finding": "A limit was crossed, with enough evidence that it is not chance.",
    "Incident": "One thing that is wrong, with every model that has it, and somebody who has it.",
    "Duty": "Something that one person must do, and a deputy where that person is away.",
    "Arrangement": "Who brings a model into production and keeps it there: one of three.",
    "Journal": "Everything that happened, each entry with the hash of the one before it.",
}
