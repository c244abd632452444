"""Who is told of rollouts, of versions that come and go, and of trainings that are refused."""

from lamplighter.domain.environment import Level
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, SwitchedOff, SwitchedOn, WentLive
from lamplighter.domain.events.run import RetrainingRefused
from lamplighter.domain.hook import OnFailure
from lamplighter.domain.journal import Entry
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.domain.switch import instead
from lamplighter.lifecycle import outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.told import Told, tell, tell_everywhere
from lamplighter.store.notices import Notice


def ask(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a rollout waits for a decision, where the platform has paused it."""
    event = entry.event
    assert isinstance(event, RolloutMoved)
    if event.phase == Phase.PAUSED and event.outcome is not None:
        title = f"{event.model}: rollout {event.rollout} asks for a decision"
        text = f"{event.why}\nSafe action: lamp rollout stop {event.rollout}"
        _tell_deployer(kit, entry, event, title, text, "rollout.asked")


def tell_of_hook(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a hook has stopped a version. One that takes it back opens an incident."""
    event = entry.event
    assert isinstance(event, HookAnswered)
    if event.follows == OnFailure.STOP:
        title = f"{event.model}: the hook {event.hook} stopped v{event.number}"
        _tell_deployer(kit, entry, event, title, f"{event.why}\nNothing was changed.", "rollout.stopped")


def _tell_deployer(kit: Kit, entry: Entry, event: RolloutMoved | HookAnswered, title: str, text: str, about: str) -> None:
    with kit.store.transaction() as change:
        project = change.project(event.model)
        holder = change.duties(project, kit.clock.now()).of(Duty.DEPLOY).holder
        lines = (text, f"{kit.settings.url}/rollouts/{event.rollout}")
        if holder:
            tell(kit, change, entry, Told(holder, event.rollout, event.model, title, lines, about))


def release(kit: Kit, entry: Entry) -> None:
    """Tell the channels that want to know which version answers now. What happens where models are developed is nobody's
    business but theirs."""
    event = entry.event
    assert isinstance(event, WentLive | RolledBack)
    with kit.store.transaction() as change:
        place = change.environments.find(name=event.environment)
        channels = receivers.channels_of(kit, change, event.model)
        wanted = tuple(name for name in channels if receivers.hears_of_releases(kit.settings, name))
        if place is not None and place.level is not Level.DEVELOPMENT and wanted:
            outbox.put(kit, change, _of_release(entry, event), wanted)


def _of_release(entry: Entry, event: WentLive | RolledBack) -> Notice:
    verb, about = ("went live", "went-live") if isinstance(event, WentLive) else ("is back", "rolled-back")
    before = f" v{event.previous} answered before." if event.previous else ""
    why = f" {event.why}" if isinstance(event, RolledBack) and event.why else ""
    title = f"{event.model}: v{event.number} {verb} in {event.environment}"
    text = f"v{event.number} has all traffic of {event.model} in {event.environment}.{before}{why}\nBy {entry.actor}."
    version = f"{event.model}@{event.number}"
    return Notice(
        event=entry.sequence,
        channel="",
        person="",
        incident=version,
        model=event.model,
        title=title,
        text=text,
        about=f"version.{about}",
        at=entry.at,
        environment=event.environment,
    )


def tell_of_switch(kit: Kit, entry: Entry) -> None:
    """Tell whoever deploys, watches or retires a model, through every channel, that it was switched off or on."""
    event = entry.event
    assert isinstance(event, SwitchedOff | SwitchedOn)
    is_off = isinstance(event, SwitchedOff)
    state = "off" if is_off else "on"
    with kit.store.transaction() as change:
        answer = change.project(event.model).outage.answer
        says = f"Meanwhile {instead(answer)}." if is_off else f"v{event.number} answers again."
        again = (f"Switch it on: lamp switch on {event.model} --env {event.environment} --reason WHY",) if is_off else ()
        text = (f"{entry.actor}: {event.reason}", says, *again, f"{kit.settings.url}/m/{event.model}")
        title = f"{event.model} is switched {state} in {event.environment}"
        for person in event.told:
            about = Told(person, f"{event.model}@{event.number}", event.model, title, text, f"model.{state}", event.environment)
            tell_everywhere(kit, change, entry, about)


def tell_of_training(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to retrain that a training is refused, through the channels of the model."""
    event = entry.event
    assert isinstance(event, RetrainingRefused)
    if not event.person:
        return
    with kit.store.transaction() as change:
        text = (
            f"{event.cause} would set it off. {event.why}",
            f"See what comes next: lamp retraining show {event.model}",
            f"Train all the same: lamp retrain {event.model} --cause WHY",
            f"{kit.settings.url}/m/{event.model}",
        )
        title = f"{event.model}: the training {event.retraining} is refused"
        tell(kit, change, entry, Told(event.person, event.retraining, event.model, title, text, "training.refused"))
