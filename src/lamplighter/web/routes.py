"""Every page, guarded."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api import guard
from lamplighter.api.admission import Entrance
from lamplighter.api.guard import Endpoint, Guarded, Public, Tried, entered, guarded, invited
from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.web import (
    approvals,
    assets,
    assistance,
    audit,
    card,
    cases,
    comparison,
    device_sign_in,
    feeds,
    fleet,
    handing_over,
    handovers,
    incidents,
    inventory,
    invitation,
    invitations,
    look_alikes,
    machines,
    model,
    monitor,
    owners,
    policy,
    recalibration,
    report,
    retirement,
    retuning,
    rollouts,
    rows,
    sign_in,
    single_sign_on,
    spot_checks,
    tokens,
    validations,
    version,
    waivers,
    who,
    why,
)
from lamplighter.web.page import Page, Show

#: Opens the platform as the caller of a request has it.
Open = Callable[[Request], Platform]

#: Every page that needs somebody who is signed in.
PAGES: tuple[Page, ...] = (
    *fleet.PAGES,
    *inventory.PAGES,
    *model.PAGES,
    *monitor.PAGES,
    *look_alikes.PAGES,
    *validations.PAGES,
    *spot_checks.PAGES,
    *version.PAGES,
    *retuning.PAGES,
    *recalibration.PAGES,
    *retirement.PAGES,
    *comparison.PAGES,
    *waivers.PAGES,
    *card.PAGES,
    *who.PAGES,
    *why.PAGES,
    *approvals.PAGES,
    *cases.PAGES,
    *invitations.PAGES,
    *handovers.PAGES,
    *handing_over.PAGES,
    *owners.PAGES,
    *feeds.PAGES,
    *policy.PAGES,
    *report.PAGES,
    *incidents.PAGES,
    *rollouts.PAGES,
    *rows.PAGES,
    *audit.PAGES,
    *machines.PAGES,
    *device_sign_in.PAGES,
    *tokens.PAGES,
    *assistance.PAGES,
)

_BACK = Tried(Entrance.PROVIDER, single_sign_on.tried)


def pages(open_platform: Open = guard.platform) -> list[Guarded]:
    """The routes of the pages; `open_platform` gives the platform as the signed-in caller has it."""
    return [
        *(guarded(page.method, page.path, _shown(page.show, open_platform), page.permission) for page in PAGES),
        guarded("GET", "/sign-in", sign_in.sign_in_page, Public.SIGN_IN),
        entered("POST", "/sign-in", sign_in.sign_in, Tried(Entrance.LINK, sign_in.tried)),
        invited("GET", f"{invitation.PATH}/{{key}}", invitation.invited_page),
        invited("POST", f"{invitation.PATH}/{{key}}", invitation.act),
        guarded("GET", "/sign-in/{provider}", single_sign_on.leave, Public.SIGN_IN),
        entered(
            "GET", "/sign-in/{provider}/callback", single_sign_on.come_back, Tried(Entrance.PROVIDER, single_sign_on.tried)
        ),
        guarded("GET", "/sign-in/{provider}/out", single_sign_on.sign_out_there, Public.SIGN_IN),
        guarded("POST", "/sign-out", sign_in.sign_out, Permission.READ),
        guarded("GET", "/static/{name}", assets.serve, Public.STATIC),
    ]


def _shown(show: Show, open_platform: Open) -> Endpoint:
    def answer(request: Request) -> Response:
        return show(request, open_platform(request))

    return answer
