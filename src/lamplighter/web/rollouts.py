"""Versions on their way: the steps, the limits, and the buttons that steer."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.decision import Decision
from lamplighter.domain.duration import seconds
from lamplighter.domain.emergency import PASSED
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.rollout import HOLDABLE, Phase, Rollout
from lamplighter.sdk.interface import Platform
from lamplighter.web import actions, forms
from lamplighter.web.page import Page, Show, done, shown


def rollouts_page(request: Request, platform: Platform) -> Response:
    """Show the newest rollouts."""
    return shown(request, platform, "rollouts.html", rows=platform.rollouts(), section="rollouts", every=2)


def rollout_page(request: Request, platform: Platform) -> Response:
    """Show one rollout."""
    rollout = platform.rollout(request.path_params["key"])
    entries = platform.journal(rollout.model, 200)
    log = [entry for entry in entries if getattr(entry.event, "rollout", "") == rollout.id]
    view = platform.version(f"{rollout.model}@{rollout.number}", rollout.environment)
    decision = next((made for made in view.decisions if made.digest == rollout.decision), None)
    place = next(place for place in platform.environments() if place.name == rollout.environment)
    teams = {team.name: team for team in platform.teams()}
    steered = actions.Steered(platform.status(rollout.model), place.level, teams)
    return shown(
        request,
        platform,
        "rollout.html",
        rollout=rollout,
        left=_left(rollout),
        log=log,
        decision=decision,
        actions=(
            *actions.steer(rollout, steered, platform.whoami()),
            *_back(rollout, steered, platform.whoami()),
            *_emergency(platform, rollout, decision, view.version.author, steered),
        ),
        moved=[e for e in log if isinstance(e.event, RolloutMoved)],
        section="rollouts",
        every=2,
    )


def _left(rollout: Rollout) -> float:
    """Seconds until the next step, if its limits hold."""
    return max(0.0, seconds(rollout.plan.each) - rollout.baked) if rollout.phase is Phase.SHIFTING else 0.0


def _back(rollout: Rollout, steered: actions.Steered, person: Person) -> tuple[actions.Action, ...]:
    """The way back from what it brought live, as long as that answers."""
    live = [place for place in steered.state.live if place.environment == rollout.environment]
    return tuple(
        actions.roll_back(steered.state, place, person, steered.teams)
        for place in live
        if rollout.phase is Phase.COMPLETED and place.number == rollout.number
    )


def _emergency(
    platform: Platform, rollout: Rollout, decision: Decision | None, author: str, steered: actions.Steered
) -> tuple[actions.Action, ...]:
    """The way past what is in its way and an emergency passes."""
    if rollout.phase not in (Phase.WAITING, *HOLDABLE):
        return ()
    if rollout.hold and not rollout.hold.by_calendar:
        return ()
    hold = rollout.hold or (platform.hold(rollout.model, rollout.environment) if rollout.phase is Phase.WAITING else None)
    lacking = [one.gate for one in decision.judgements if not one.verdict] if decision else []
    if not hold and PASSED.isdisjoint(lacking):
        return ()
    held = actions.Duties(steered.state.ownership, steered.teams)
    return (actions.declare(rollout, hold, lacking, author, platform.whoami(), held),)


def declare(request: Request, platform: Platform) -> Response:
    """Bring a rollout past what an emergency passes, in the words of the person."""
    rollout = platform.rollout(request.path_params["key"])
    reference = f"{rollout.model}@{rollout.number}"
    answer = platform.declare_emergency(reference, rollout.environment, forms.needed(request, "reason"))
    if answer.emergency is None:
        return done(f"/m/{rollout.model}/v/{rollout.number}", "blocked")
    return done(f"/emergencies/{answer.emergency.id}", "declared")


def _steering(verb: Callable[[Platform, str], Rollout], what: str) -> Show:
    def steer(request: Request, platform: Platform) -> Response:
        return done(f"/rollouts/{verb(platform, request.path_params['key']).id}", what)

    return steer


PAGES = (
    Page("GET", "/rollouts", rollouts_page, Permission.READ),
    Page("GET", "/rollouts/{key}", rollout_page, Permission.READ),
    Page("POST", "/rollouts/{key}/pause", _steering(lambda platform, key: platform.pause(key), "paused"), Permission.DEPLOY),
    Page("POST", "/rollouts/{key}/resume", _steering(lambda platform, key: platform.resume(key), "resumed"), Permission.DEPLOY),
    Page("POST", "/rollouts/{key}/stop", _steering(lambda platform, key: platform.stop(key), "stopped"), Permission.ROLL_BACK),
    Page("POST", "/rollouts/{key}/emergency", declare, Permission.DEPLOY),
)
