"""Help: the words of the house, the keys, and the pages of the error codes."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.names import unknown
from lamplighter.domain.stage import Status
from lamplighter.sdk.interface import Platform
from lamplighter.web import catalogue, glossary, words
from lamplighter.web.page import Page, shown


def help_page(request: Request, platform: Platform) -> Response:
    """Show the glossary and the keys."""
    lists = [(title, glossary.members(kind)) for title, kind in glossary.LISTS]
    bulbs = glossary.members(Status)
    codes = sorted(catalogue.catalogue())
    return shown(request, platform, "help.html", nouns=words.NOUNS, lists=lists, codes=codes, bulbs=bulbs, section="help")


def error_page(request: Request, platform: Platform) -> Response:
    """Show what a code means: every refusal that carries it."""
    code = request.path_params["code"]
    known = catalogue.catalogue()
    if code not in known:
        raise unknown("error code", code, known)
    return shown(request, platform, "error_code.html", code=code, refusals=known[code], section="help")


PAGES = (
    Page("GET", "/help", help_page, Permission.READ),
    Page("GET", "/help/errors/{code}", error_page, Permission.READ),
)
