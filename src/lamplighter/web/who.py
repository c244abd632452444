"""Who should deploy this model? The arrangement, why, what would change it, and who has which duty."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.advice import RULES, Situation
from lamplighter.domain.identity import Permission
from lamplighter.domain.stage import STAGE_OF
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown

#: What each input of the table says when it holds and when it does not.
_SAID = {
    "critical": ("Robustness goes before speed.", "Speed goes before robustness."),
    "often": ("New versions come monthly or more often.", "New versions come quarterly or less often."),
    "receiver": ("A team is named that can receive the model.", "No team is named that could receive the model."),
    "platform_red": ("Socket or ladder is red: IT can repair it.", "Socket and ladder hold."),
    "model_red": ("Wiring or bulb is red: data science can repair it.", "Wiring and bulb hold."),
}


def who_page(request: Request, platform: Platform) -> Response:
    """Show the advice and the duties; readiness is measured now."""
    who = platform.who(request.path_params["model"])
    return shown(
        request,
        platform,
        "who.html",
        who=who,
        inputs=_inputs(who.advice.situation),
        rules=len(RULES),
        stage_of=STAGE_OF,
        section="fleet",
    )


def _inputs(situation: Situation) -> list[str]:
    return [said[0] if getattr(situation, name) else said[1] for name, said in _SAID.items()]


PAGES = (Page("GET", "/m/{model}/who", who_page, Permission.READ),)
