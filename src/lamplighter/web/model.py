"""One model: is it fine, who has it, what changed, what can safely be done now."""

import time
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission, Team
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.domain.trouble import is_of_version
from lamplighter.domain.version import Version
from lamplighter.sdk.interface import Platform
from lamplighter.views.live import Live
from lamplighter.views.status import ModelStatus
from lamplighter.web import actions, forms, handing_over, jobs
from lamplighter.web.drift import drift
from lamplighter.web.monitor import quality
from lamplighter.web.page import Page, done, live_part, shown
from lamplighter.web.traffic import traffic

#: Versions, trainings and challenges listed on the page.
_MOST = 8
#: Plots of quality; the page of the monitors has more.
_PLOTS = 2


def model_page(request: Request, platform: Platform) -> Response:
    """Show a model."""
    name = request.path_params["model"]
    state = platform.status(name)
    main = state.live[-1] if state.live else None
    project, rollouts = platform.project(name), platform.rollouts(name)
    values = {**_plots(platform, state, main, project), **_lists(platform, name, live=live_part(request))}
    return shown(
        request,
        platform,
        "model.html",
        now=time.time_ns() // 1000,
        state=state,
        main=main,
        project=project,
        rollouts=[rollout for rollout in rollouts if not rollout.phase.final],
        advice=None if live_part(request) else platform.who(name).advice,
        actions=_actions(platform, state, main, values["versions"], project),
        back_helps=any(is_of_version(incident.of(name)) for incident in state.incidents),
        hands_over=handing_over.why_not(state, platform.whoami(), _teams(platform)),
        technical=state.ownership.of(Duty.MONITOR_TECHNICAL),
        functional=state.ownership.of(Duty.MONITOR_FUNCTIONAL),
        checks=platform.spot_checks(name),
        jobs=jobs.last(platform.job_runs(name)) if project.job else [],
        section="fleet",
        every=2,
        **values,
    )


def _plots(platform: Platform, state: ModelStatus, main: Live | None, project: Project) -> dict[str, Any]:
    seen = platform.monitored(state.model)
    return {
        "quality": quality(seen, project)[:_PLOTS],
        "drift": drift(seen.inputs, seen.number) if main else None,
        "measured": any(reading.aspect == "quality" and reading.number == seen.number for reading in seen.quality),
        "traffic": traffic(state.service) if state.service else None,
    }


def _lists(platform: Platform, name: str, *, live: bool) -> dict[str, Any]:
    versions = platform.versions(name)
    return {
        "versions": list(reversed(versions)),
        "most": _MOST,
        "trainings": [] if live else platform.trainings(name)[:_MOST],
        "next": None if live else platform.retraining(name),
        "challenges": [] if live else platform.challenges(name)[:_MOST],
    }


def _actions(
    platform: Platform, state: ModelStatus, main: Live | None, versions: Sequence[Version], project: Project
) -> list[actions.Action]:
    person, found = platform.whoami(), []
    if main is not None:
        found.append(actions.safe(state, main, person, _teams(platform)))
        stop = actions.switch(state, main, project.outage.answer, person, _teams(platform))
        found += [stop] if stop else []
    if main is not None and versions and versions[0].number > main.number:
        place = next(place for place in platform.environments() if place.name == main.environment)
        hold = platform.hold(state.model, place.name)
        found.append(actions.start_rollout(state, versions[0].number, place, person, _teams(platform), hold))
    if versions:
        found.append(actions.train(state.model, project.retrain.run, person, state.ownership))
    return found


def _teams(platform: Platform) -> dict[str, Team]:
    return {team.name: team for team in platform.teams()}


def roll_back(request: Request, platform: Platform) -> Response:
    """Give all traffic to the version that the sheet named."""
    name = request.path_params["model"]
    environment, to = forms.needed(request, "environment"), forms.whole(request, "to")
    leaving = forms.whole(request, "leaving")
    platform.roll_back(name, environment, to=to, reason=forms.text(request, "reason"), leaving=leaving)
    return done(f"/m/{name}", "rolled-back")


def switch_off(request: Request, platform: Platform) -> Response:
    """Let no version answer in an environment."""
    name = request.path_params["model"]
    platform.switch_off(name, forms.needed(request, "environment"), forms.text(request, "reason"))
    return done(f"/m/{name}", "switched-off")


def switch_on(request: Request, platform: Platform) -> Response:
    """Let the live version answer again."""
    name = request.path_params["model"]
    platform.switch_on(name, forms.needed(request, "environment"), forms.text(request, "reason"))
    return done(f"/m/{name}", "switched-on")


def deploy(request: Request, platform: Platform) -> Response:
    """Ask for a version to go live."""
    name, number = request.path_params["model"], forms.whole(request, "number")
    answer = platform.deploy(f"{name}@{number}", forms.needed(request, "environment"))
    if answer.rollout is None:
        return done(f"/m/{name}/v/{number}", "blocked")
    return done(f"/rollouts/{answer.rollout.id}", "waiting" if answer.rollout.phase is Phase.WAITING else "started")


def train(request: Request, platform: Platform) -> Response:
    """Ask for a training."""
    name = request.path_params["model"]
    platform.retrain(name, cause=forms.text(request, "reason"))
    return done(f"/m/{name}", "training")


PAGES = (
    Page("GET", "/m/{model}", model_page, Permission.READ),
    Page("POST", "/m/{model}/roll-back", roll_back, Permission.ROLL_BACK),
    Page("POST", "/m/{model}/switch-off", switch_off, Permission.RESPOND),
    Page("POST", "/m/{model}/switch-on", switch_on, Permission.RESPOND),
    Page("POST", "/m/{model}/deploy", deploy, Permission.DEPLOY),
    Page("POST", "/m/{model}/train", train, Permission.RETRAIN),
)
