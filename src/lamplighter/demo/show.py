"""`lamp demo`: start the platform, play the story, say what was measured."""

import contextlib
import importlib
import shutil
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

from lamplighter.data import flights
from lamplighter.demo.figures import by_month, largest_disagreement
from lamplighter.demo.people import arrive
from lamplighter.demo.replay import moment
from lamplighter.demo.story import MODEL, Story, ended_well, project_folder
from lamplighter.domain.errors import Conflict, Unavailable
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings

Tell = Callable[[str], None]
#: What a command that failed leaves in the folder, whether a platform is there or not.
_OF_NO_PLATFORM = {"last-error.log"}


def prepare(*, reset: bool) -> Settings:
    """The folder of the demonstration with its configuration; `reset` begins with an empty one.

    Raises `Conflict` if the folder holds somebody's own platform; that is never removed.
    """
    settings = read_settings()
    is_ours = MODEL in settings.trainings
    held = {file.name for file in settings.folder.iterdir()} - _OF_NO_PLATFORM if settings.folder.exists() else set()
    if held and not is_ours:
        raise Conflict(
            "There is a platform of your own here already.",
            why=f"The demonstration would put its people and its model into {settings.folder}.",
            fix="Give it a folder of its own: LAMP_HOME=~/lamp-demo lamp demo",
            code="E1550",
        )
    if is_ours and not reset:
        return settings
    if is_ours:
        local.stop(settings)
        shutil.rmtree(settings.folder)
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = project_folder(settings.folder)
    (settings.folder / "config.toml").write_text(
        f'tick = 0.1\n\n[trainings.{MODEL}]\ncommand = ["python", "-m", "lamplighter.sdk.training"]\nfolder = "{folder}"\n'
    )
    return read_settings()


def load_ahead() -> None:
    """Bring the libraries and the flights into memory while the platform starts; whoever needs them finds them there."""
    threading.Thread(target=_load, name="load-ahead", daemon=True).start()


def _load() -> None:
    for name in ("lightgbm", "sklearn.pipeline", "skops.io", "lamplighter.packaging.draft"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(Unavailable):
        flights.table()


def played(settings: Settings) -> bool:
    """Whether the story was begun in this folder."""
    token = local_token(settings)
    return bool(token) and any(row.model == MODEL for row in remote(settings.url, token).fleet().rows)


def play(settings: Settings, tell: Tell, *, begun: float, on_page: Callable[[], None]) -> dict[str, Any]:
    """The whole story on a platform that runs; gives what was measured in this run.

    `begun` is the monotonic clock when the command began; `on_page` is called when the page of the model is worth a look.
    """
    tell("people: eight accounts, two teams")
    people = arrive(remote(settings.url, local_token(settings), timeout=60.0), settings.url)
    story = Story(people, settings.folder / MODEL, tell)
    try:
        return _acts(story, begun, on_page)
    finally:
        if story.replay is not None:
            story.replay.close()


def _acts(story: Story, begun: float, on_page: Callable[[], None]) -> dict[str, Any]:
    dana, milo, tell = story.people["dana"], story.people["milo"], story.tell
    who = story.design()
    first = story.train(3)
    first_prediction = story.to_development(first) - begun
    ended_well(story.to_production(dana, first, until="2013-04-01"))
    on_page()
    story.begin_traffic("2013-04-01")
    tell("monitoring: the gate desks call, April to June")
    story.stream.play("2013-06-10")

    hotfix = release(milo, story.project, story.hotfix())
    story.take_on(hotfix)
    broken = story.to_production(milo, hotfix, until="2013-06-25")
    tell(f"deployment: {hotfix.name} {broken.phase}: {broken.why}")
    story.stream.play("2013-07-01")
    story.arrive(6)
    incident = story.watch("2013-08-01")
    tell(f"monitoring: {incident.id} {incident.finding.sentence}" if incident else "monitoring: no incident")

    second = story.retrained("2013-07-28")
    trial = story.trial(second, "prod")
    start = (story.stream.now // 86_400 + 1) * 86_400 * 1_000_000
    # Long enough that chance does not reach the share of decisions that may turn, whenever the training ends.
    story.stream.play("2013-08-15")
    decided = story.decide(trial, start, "2013-08-15")
    ended_well(story.to_production(dana, second, until="2013-08-28"))
    dana.shadow(MODEL, "prod", first.number)
    tell(f"management: {second.name} is live; v{first.number} scores along")
    story.stream.play("2013-10-01")

    regret = story.decide(dana.challenge(first.name, "prod"), moment("2013-09-01") * 1_000_000, "2013-10-01")
    returned = story.back("September: the new version over-warns.")
    brier, auc = by_month(dana, MODEL, [first.number, second.number])
    journal = dana.verify_journal()
    told = [e.event for e in dana.journal(MODEL, 10_000) if isinstance(e.event, Notified)]
    return {
        "first_prediction_seconds": round(first_prediction, 3),
        "story_seconds": round(time.monotonic() - begun, 3),
        "predictions": len(story.stream.sent),
        "failed_requests": story.stream.failed,
        "requests": story.stream.requests,
        "versions": [version.name for version in dana.versions(MODEL)],
        "arrangement": who.advice.arrangement,
        "rule": who.advice.rule,
        "approvals": [msgspec.to_builtins(approval) for approval in story.approvals],
        "replays": story.replays,
        "incident": _incident(incident, told),
        "automatic_rollback_seconds": round(_withdrawal_seconds(story, broken), 3),
        "automatic_rollback": broken.why,
        "manual_rollback_seconds": round(returned.seconds, 3),
        "challenge": _trial(decided),
        "september": _trial(regret),
        "brier_by_month": brier,
        "auc_by_month": auc,
        "largest_disagreement_with_scikit_learn": largest_disagreement(dana, MODEL, story.stream.sent),
        "labels_joined": story.measured(),
        "journal_entries": journal.entries,
        "journal_verified": journal.verified,
    }


def _incident(incident: Any, told: list[Notified]) -> dict[str, Any]:
    if incident is None:
        return {}
    return {
        "id": incident.id,
        "duty": incident.duty,
        "holder": incident.holder,
        "sentence": incident.finding.sentence,
        "opened_after_rows": incident.finding.after_rows,
        "told": [event.person for event in told if event.incident == incident.id and event.delivered],
    }


def _withdrawal_seconds(story: Story, broken: Rollout) -> float:
    """From the first share of the traffic until every worker answered by the version before."""
    steps = [
        entry
        for entry in story.people["dana"].journal(MODEL, 10_000)
        if isinstance(entry.event, RolloutMoved) and entry.event.rollout == broken.id
    ]
    shifting = min(entry.at for entry in steps if entry.event.phase == Phase.SHIFTING)  # type: ignore[union-attr]
    withdrawn = max(entry.at for entry in steps if entry.event.phase == Phase.WITHDRAWN)  # type: ignore[union-attr]
    return (withdrawn - shifting) / 1_000_000


def _trial(decided: Any) -> dict[str, Any]:
    return {
        "champion": decided.champion,
        "challenger": decided.challenger,
        "metric": decided.metric,
        "champion_value": decided.champion_value,
        "challenger_value": decided.challenger_value,
        "difference": decided.difference,
        "interval": [decided.low, decided.high],
        "rows": decided.rows,
        "verdict": decided.verdict,
    }
