"""What the signed-in person may safely do now, each with what will happen, or why it cannot be done."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lamplighter.domain.emergency import PASSED
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.hold import Hold
from lamplighter.domain.identity import Permission, Person, Team
from lamplighter.domain.outage import Fallback
from lamplighter.domain.ownership import Ownership, acts_for
from lamplighter.domain.rollout import MOVES, Phase, Rollout, Signal
from lamplighter.domain.stage import Duty
from lamplighter.domain.stopping import TOLD, may_stop
from lamplighter.domain.switch import instead
from lamplighter.views.live import Live
from lamplighter.views.status import ModelStatus
from lamplighter.web import times


class Action(NamedTuple):
    """One button, and the sheet that asks again."""

    #: What is on the button, and on the button of the sheet.
    label: str
    #: Where the form is posted to.
    address: str
    #: Fields the form sends along.
    fields: Mapping[str, str]
    #: What the sheet says: pairs of word and meaning.
    facts: tuple[tuple[str, str], ...]
    #: The same on the command line.
    command: str
    #: Why it cannot be done; empty if it can.
    why_not: str = ""
    #: Label of a field for words of the person; empty for none.
    asks: str = ""
    #: Whether nothing is done without them.
    needed: bool = False


class Duties(NamedTuple):
    """Who holds the duties of a model, and the teams that may hold some."""

    duties: Ownership
    teams: Mapping[str, Team]


def safe(state: ModelStatus, place: Live, person: Person, teams: Mapping[str, Team], *, incident: str = "") -> Action:
    """The way back: stop the version that is on trial there, or give all traffic to the version before."""
    for rollout in state.rollouts:
        if rollout.environment == place.environment and rollout.phase in (Phase.STARTING, Phase.SHIFTING, Phase.PAUSED):
            return steer(rollout, Steered(state, place.level, teams), person)[-1]
    return roll_back(state, place, person, teams, incident)


def roll_back(state: ModelStatus, place: Live, person: Person, teams: Mapping[str, Team], incident: str = "") -> Action:
    """All traffic to the version before."""
    model, duties = state.model, state.ownership
    to = f"v{place.previous}" if place.previous else "the version before"
    why_not = _lacking(person, Permission.ROLL_BACK, duties, Duty.ROLL_BACK)
    if not why_not and place.level is Level.PRODUCTION:
        why_not = _handed(state, person, teams, Duty.ROLL_BACK)
    if not place.previous:
        why_not = f"v{place.number} is the first version in {place.environment}; there is none to go back to."
    if place.elsewhere:
        why_not = (
            f"It runs elsewhere ({place.elsewhere}), and this platform moves no traffic there. Go back there, then say so."
        )
    return Action(
        label=f"Roll back to {to}",
        address=f"/incidents/{incident}/roll-back" if incident else f"/m/{model}/roll-back",
        fields={"environment": place.environment, "to": str(place.previous), "leaving": str(place.number)},
        facts=(
            ("Model", model),
            ("From", f"v{place.number} in {place.environment}"),
            ("To", to),
            ("Effect", f"{to} answers every request in {place.environment}, usually within 2 seconds. No data is lost."),
            ("Undo", f"Roll back to v{place.number} in the same way."),
        ),
        command=f"lamp rollback {model} --env {place.environment}" + (f" --to {place.previous}" if place.previous else ""),
        why_not=why_not,
        asks="Reason (for the journal)",
    )


def switch(state: ModelStatus, place: Live, answer: Fallback, person: Person, teams: Mapping[str, Team]) -> Action | None:
    """Stop using the model there, or use it again; nothing where it runs elsewhere."""
    if place.elsewhere:
        return None
    return _switch_on(state, place, person, teams) if place.off else _switch_off(state, place, answer, person, teams)


def _switch_off(state: ModelStatus, place: Live, answer: Fallback, person: Person, teams: Mapping[str, Team]) -> Action:
    model, duties = state.model, state.ownership
    why_not = "" if may_stop(person, state.business, duties, teams) else TOLD
    return Action(
        label="Stop using this model",
        address=f"/m/{model}/switch-off",
        fields={"environment": place.environment},
        facts=(
            ("Model", f"{model} in {place.environment}"),
            ("Effect", f"No version of it answers there, usually within 2 seconds: {instead(answer)}."),
            ("Told", "Whoever deploys, watches or retires it, at once and through every channel."),
            ("Undo", "Use it again in the same way."),
        ),
        command=f"lamp switch off {model} --env {place.environment} --reason WHY",
        why_not=why_not,
        asks="Why: for whoever is paged, and for the journal",
        needed=True,
    )


def _switch_on(state: ModelStatus, place: Live, person: Person, teams: Mapping[str, Team]) -> Action:
    model, held = state.model, state.ownership.of(Duty.DEPLOY)
    may = (place.off is not None and place.off.person == person.email) or acts_for(held, person, teams)
    who = place.off.person if place.off else ""
    return Action(
        label="Use it again",
        address=f"/m/{model}/switch-on",
        fields={"environment": place.environment},
        facts=(("Model", f"{model} in {place.environment}"), ("Effect", f"v{place.number} answers every request again.")),
        command=f"lamp switch on {model} --env {place.environment} --reason WHY",
        why_not="" if may else f"It is for {who}, who switched it off, and for whoever holds the duty to deploy.",
        asks="Why: for the journal",
        needed=True,
    )


def start_rollout(
    state: ModelStatus, number: int, place: Environment, person: Person, teams: Mapping[str, Team], hold: Hold | None
) -> Action:
    """A version on its way into an environment, through its gates; `hold` is what the calendar says there."""
    model, environment, duties = state.model, place.name, state.ownership
    live = next((one.number for one in state.live if one.environment == environment), 0)
    why_not = _lacking(person, Permission.DEPLOY, duties, Duty.DEPLOY)
    if not why_not and place.level is Level.PRODUCTION:
        why_not = _of_others(person, Duties(duties, teams), f"In {environment} it")
    under_way = [r for r in state.rollouts if r.environment == environment and not r.phase.final]
    if under_way:
        why_not = f"{under_way[0].id} of v{under_way[0].number} into {environment} is not over yet."
    if number == live:
        why_not = f"v{number} has all traffic in {environment} already."
    return Action(
        label=f"Start rollout of v{number} in {environment}",
        address=f"/m/{model}/deploy",
        fields={"environment": environment, "number": str(number)},
        facts=(
            ("Model", model),
            ("From", f"v{live} in {environment}" if live else f"nothing live in {environment}"),
            ("To", f"v{number}"),
            (
                "Effect",
                "The gates judge it first. Then it takes traffic step by step, and goes back by itself at a limit.",
            ),
            *_when(hold),
            ("Undo", "Stop the rollout, or roll back."),
        ),
        command=f"lamp deploy {model}@{number} --env {environment}",
        why_not=why_not,
    )


def declare(rollout: Rollout, hold: Hold | None, lacking: Sequence[str], author: str, person: Person, held: Duties) -> Action:
    """An emergency for a rollout that waits or is held, by the calendar or by gates that lack something."""
    place, duties = rollout.environment, held.duties
    passes = [*((hold.rule,) if hold else ()), *(gate for gate in lacking if gate in PASSED)]
    stays = [gate for gate in lacking if gate not in PASSED]
    closes = "You cannot" if author == person.email else f"Neither you nor {author}, who registered the version, can"
    review = (
        "A second person is asked to look at it, within three days unless the rule book says otherwise. "
        f"{closes} close it. Until then {rollout.model} is on watch, and its next version waits before {place}."
    )
    return Action(
        label="Declare an emergency",
        address=f"/rollouts/{rollout.id}/emergency",
        fields={},
        facts=(
            ("Rollout", f"{rollout.id}: {rollout.model} v{rollout.number} into {place}"),
            ("Passes", ", ".join(passes)),
            *((("Waits still", ", ".join(stays)),) if stays else ()),
            ("Effect", "It goes on at once. Every other gate is asked, and its limits hold."),
            ("Told", "Everybody with a duty of the model, at once and through every channel."),
            ("Review", review),
        ),
        command=f"lamp deploy {rollout.model}@{rollout.number} --env {place} --emergency --reason WHY",
        why_not=_lacking(person, Permission.DEPLOY, duties, Duty.DEPLOY) or _of_others(person, held, "To declare an emergency"),
        asks="Why it is one: for whoever reviews it, and for the journal",
        needed=True,
    )


def _when(hold: Hold | None) -> tuple[tuple[str, str], ...]:
    if hold is None:
        return ()
    until = f"until {times.minute(hold.until)}" if hold.until else "with no end in sight"
    return (("When", f"It waits {until} for the {hold.rule}, and then begins by itself. {hold.why}"),)


def train(model: str, run: str, person: Person, duties: Ownership) -> Action:
    """A training as the project describes it."""
    why_not = _lacking(person, Permission.RETRAIN, duties, Duty.RETRAIN)
    if not run:
        why_not = "The project names no training: [retrain] run of lamp.toml is empty."
    return Action(
        label="Train a new version",
        address=f"/m/{model}/train",
        fields={},
        facts=(("Model", model), ("Runs", run), ("Effect", "A new version is registered. Nothing that is live changes.")),
        command=f"lamp retrain {model}",
        why_not=why_not,
        asks="Why",
    )


class Steered(NamedTuple):
    """Whose model a rollout is of, and where it goes."""

    state: ModelStatus
    level: Level
    teams: Mapping[str, Team]

    def why_not(self, person: Person, duty: Duty) -> str:
        """Why somebody may not steer it because the duty was handed over; empty if they may."""
        return _handed(self.state, person, self.teams, duty) if self.level is Level.PRODUCTION else ""


def steer(rollout: Rollout, steered: Steered, person: Person) -> tuple[Action, ...]:
    """Pause or resume, and stop."""
    paused = (rollout.phase, Signal.RESUMED) in MOVES
    what = ("resume", Signal.RESUMED) if paused else ("pause", Signal.PAUSED)
    effect = "The clock of this step runs on." if paused else "The share stays as it is and the limits still hold."
    return (
        _steering(rollout, steered, person, what, effect),
        _steering(rollout, steered, person, ("stop", Signal.STOPPED), _stopped(rollout)),
    )


def _steering(rollout: Rollout, steered: Steered, person: Person, what: tuple[str, Signal], effect: str) -> Action:
    verb, signal = what
    stops = signal is Signal.STOPPED
    permission, duty = (Permission.ROLL_BACK, Duty.ROLL_BACK) if stops else (Permission.DEPLOY, Duty.DEPLOY)
    why_not = _lacking(person, permission, steered.state.ownership, duty) or steered.why_not(person, duty)
    if (rollout.phase, signal) not in MOVES:
        why_not = f"A rollout that is {rollout.phase} cannot be {'stopped' if stops else verb + 'd'}."
    return Action(
        label=f"{verb.capitalize()} the rollout of v{rollout.number}",
        address=f"/rollouts/{rollout.id}/{verb}",
        fields={},
        facts=(
            ("Rollout", f"{rollout.id}: {rollout.model} v{rollout.number} into {rollout.environment}"),
            ("Effect", effect),
        ),
        command=f"lamp rollout {verb} {rollout.id}",
        why_not=why_not,
    )


def _stopped(rollout: Rollout) -> str:
    if rollout.previous:
        return f"All traffic goes back to v{rollout.previous}. Nothing is tried again by itself."
    return f"v{rollout.number} does not go live. Nothing is tried again by itself."


def _of_others(person: Person, held: Duties, what: str) -> str:
    """Why somebody who does not hold the duty to deploy may not; empty if the person may."""
    deploys = held.duties.of(Duty.DEPLOY)
    if not deploys.holder or acts_for(deploys, person, held.teams):
        return ""
    ask = f" Ask {deploys.holder}." if deploys.holder != deploys.accountable else ""
    return f"{what} is the duty of {deploys.accountable}.{ask}"


def _handed(state: ModelStatus, person: Person, teams: Mapping[str, Team], duty: Duty) -> str:
    """Why somebody may not do it because of a handover; empty for whoever has the duty, and for whoever was paged next where
    it is to go back."""
    held = state.ownership.of(duty)
    if not (held.handover and held.holder) or acts_for(held, person, teams):
        return ""
    if duty is Duty.ROLL_BACK and any(one.level > 0 and one.has_it == person.email for one in state.incidents):
        return ""
    return f"It is the duty of {held.accountable} since the handover {held.handover}. Ask {held.holder}."


def _lacking(person: Person, permission: Permission, duties: Ownership, duty: Duty) -> str:
    if person.may(permission):
        return ""
    held = duties.of(duty)
    ask = f" Ask {held.holder}." if held.holder else ""
    return f"It takes the permission {permission}, which none of your roles carries.{ask}"
