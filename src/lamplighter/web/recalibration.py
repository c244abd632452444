"""Another calibration for a version: what it makes of rows that the fit has not seen, before a version of it is made."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.instant import day
from lamplighter.domain.monitor import Reading
from lamplighter.domain.recalibration import Dot, Fit, Recalibration
from lamplighter.domain.version import Version
from lamplighter.sdk.interface import Platform
from lamplighter.web import forms
from lamplighter.web.numbers import count, figure
from lamplighter.web.page import Page, done, shown
from lamplighter.web.plots.figure import Figure
from lamplighter.web.plots.reliability import Curve, Spot, reliability
from lamplighter.web.quality import window
from lamplighter.web.retuning import offered


def recalibration_page(request: Request, platform: Platform) -> Response:
    """Ask where the rows are, and show what a calibration makes of them once that is said."""
    name, number = request.path_params["model"], request.path_params["number"]
    state = platform.status(name)
    version = platform.version(f"{name}@{number}").version
    places = [place.name for place in platform.environments()]
    live = state.live[-1].environment if state.live else places[0]
    asked = request.query_params.get("environment", "")
    fit = next((one for one in Fit if one.value == request.query_params.get("fit")), Fit.LOGISTIC)
    since = request.query_params.get("since", "")
    found = platform.recalibration(version.name, asked, fit, _day(since)) if asked and offered(version) else None
    may = platform.whoami().may(Permission.REGISTER)
    return shown(
        request,
        platform,
        "recalibration.html",
        version=version,
        offered=offered(version),
        places=places,
        environment=asked or live,
        fits=list(Fit),
        fit=fit,
        since=since,
        found=found,
        diagram=diagram(found) if found else None,
        why_not="" if may else f"It takes the permission {Permission.REGISTER}, which none of your roles carries.",
        section="fleet",
    )


def _day(text: str) -> int:
    """The day of a form's `date` field in UTC, in which days are cut; the first of all for another form."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return 0


class Hint(NamedTuple):
    """That a calibration is what a version lacks."""

    sentence: str
    #: The page that shows what one would change.
    page: str
    command: str


def hint(version: Version, auc: Reading, environment: str, since: int) -> Hint | None:
    """What stands beside probabilities that are off since a moment, while rows are ranked as they should be. Nothing for
    a version whose scores cannot be calibrated here."""
    if not offered(version):
        return None
    interval = f"{figure(auc.low)} to {figure(auc.high)}"
    told = f"v{version.number} still ranks rows: AUC {figure(auc.value)} ({interval}) in {window(auc)}"
    page = f"/m/{version.model}/v/{version.number}/recalibrate?environment={environment}"
    command = f"lamp recalibrate {version.name} --env {environment} --show"
    off = f"What its scores say is off in rows of {day(since)} and later"
    return Hint(f"{told}. {off}, which a calibration may mend without a training.", page, command)


def diagram(found: Recalibration) -> Figure | None:
    """What was said and what came true of the unseen rows, before and after; nothing without them."""
    if not found.before or not found.after:
        return None
    curves = (("before", found.before), ("after", found.after))
    caption = " ".join(f"{name.capitalize()}, {_farthest(dots)}" for name, dots in curves)
    return Figure(
        title="Share that came true, by score",
        drawing=reliability(
            [Curve(name, slot, [_spot(one) for one in dots]) for slot, (name, dots) in enumerate(curves, 1)], label=caption
        ),
        caption=caption,
        heads=("Scores", "Mean score", "Came true", "95 % interval", "Rows"),
        rows=tuple(
            (name, figure(one.said), figure(one.came), f"{figure(one.low)} to {figure(one.high)}", count(one.rows))
            for name, dots in curves
            for one in dots
        ),
    )


def _farthest(dots: Sequence[Dot]) -> str:
    one = max(dots, key=lambda dot: abs(dot.said - dot.came))
    return f"scores of {figure(one.said)} came true in {figure(one.came)}: that is the farthest apart."


def _spot(one: Dot) -> Spot:
    note = f"said {figure(one.said)}, came true {figure(one.came)} of {count(one.rows)} rows"
    return Spot(one.said, one.came, one.low, one.high, note)


def recalibrate(request: Request, platform: Platform) -> Response:
    """Make the version that the page has shown."""
    name, number = request.path_params["model"], request.path_params["number"]
    environment, fit = forms.needed(request, "environment"), forms.choice(request, "fit", Fit)
    since = _day(forms.text(request, "since"))
    made = platform.recalibrate(f"{name}@{number}", environment, forms.needed(request, "reason"), fit, since)
    return done(f"/m/{name}/v/{made.version.number}", "recalibrated")


PAGES = (
    Page("GET", "/m/{model}/v/{number}/recalibrate", recalibration_page, Permission.READ),
    Page("POST", "/m/{model}/v/{number}/recalibrate", recalibrate, Permission.REGISTER),
)
