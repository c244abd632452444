"""Versions on their way: the steps, the limits, and the buttons that steer."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain import events
from lamplighter.domain.duration import seconds
from lamplighter.domain.identity import Permission
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk.interface import Platform
from lamplighter.web import actions
from lamplighter.web.page import Page, Show, done, shown


def rollouts_page(request: Request, platform: Platform) -> Response:
    """Show the newest rollouts."""
    return shown(request, platform, "rollouts.html", rows=platform.rollouts(), section="rollouts", every=2)


def rollout_page(request: Request, platform: Platform) -> Response:
    """Show one rollout."""
    rollout = platform.rollout(request.path_params["key"])
    entries = platform.journal(rollout.model, 200)
    log = [entry for entry in entries if getattr(entry.event, "rollout", "") == rollout.id]
    decisions = platform.version(f"{rollout.model}@{rollout.number}", rollout.environment).decisions
    return shown(
        request,
        platform,
        "rollout.html",
        rollout=rollout,
        left=_left(rollout),
        log=log,
        decision=next((made for made in decisions if made.digest == rollout.decision), None),
        actions=actions.steer(rollout, platform.whoami()),
        moved=[e for e in log if isinstance(e.event, events.RolloutMoved)],
        section="rollouts",
        every=2,
    )


def _left(rollout: Rollout) -> float:
    """Seconds until the next step, if its limits hold."""
    return max(0.0, seconds(rollout.plan.each) - rollout.baked) if rollout.phase is Phase.SHIFTING else 0.0


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
)
