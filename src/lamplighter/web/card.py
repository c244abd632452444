"""The model file of a version, as a page and as files, and what the version is made of."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.names import unknown
from lamplighter.sdk.card import CardForm
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown


def card_page(request: Request, platform: Platform) -> Response:
    """Show everything on record of a version."""
    card = platform.card(_reference(request))
    return shown(request, platform, "card.html", card=card, forms=list(CardForm), section="fleet")


def card_file(request: Request, platform: Platform) -> Response:
    """Hand out the signed document."""
    form, reference = request.path_params["form"], _reference(request)
    if form not in set(CardForm):
        raise unknown("form of the model file", form, list(CardForm))
    ending = "html" if form == CardForm.HTML else "md"
    name = f"{reference.replace('@', '-')}-card.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(platform.card_file(reference, CardForm(form)), media_type="application/octet-stream", headers=headers)


def bom_file(request: Request, platform: Platform) -> Response:
    """Hand out the bill of materials."""
    reference = _reference(request)
    name = f"{reference.replace('@', '-')}.cdx.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(platform.bom(reference), media_type="application/vnd.cyclonedx+json; version=1.6", headers=headers)


def _reference(request: Request) -> str:
    number = request.path_params["number"]
    if not (number.isascii() and number.isdecimal()):
        raise unknown("version", number, ())
    return f"{request.path_params['model']}@{int(number)}"


PAGES = (
    Page("GET", "/m/{model}/v/{number}/card", card_page, Permission.READ),
    Page("GET", "/m/{model}/v/{number}/card/{form}", card_file, Permission.READ),
    Page("GET", "/m/{model}/v/{number}/bom", bom_file, Permission.READ),
)
