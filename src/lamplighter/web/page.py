"""One page: its path, what it takes to see it, and how it is shown."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from lamplighter.api.authentication import csrf_of
from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.stage import Aspect, Duty, Stage
from lamplighter.sdk.interface import Platform
from lamplighter.views import telling
from lamplighter.views.aspects import light
from lamplighter.web import assets, glossary, numbers, times, words
from lamplighter.web.headers import HEADERS

#: Answers a request of somebody who is signed in, with the platform as that person has it.
Show = Callable[[Request, Platform], Response]


class Page(NamedTuple):
    """A route before it is guarded."""

    method: str
    path: str
    show: Show
    permission: Permission


class Frame(NamedTuple):
    """What stands around every page of somebody who is signed in."""

    person: Person
    #: How many approvals, reviews and handovers wait, and how many incidents are open.
    approvals: int
    incidents: int


def shown(request: Request, platform: Platform, template: str, **values: Any) -> Response:
    """A page within the frame of the signed-in person."""
    waiting = len(platform.waiting()) + len(platform.emergencies()) + _findings(platform)
    waiting += len(platform.handovers()) + len(platform.spot_checks())
    frame = Frame(platform.whoami(), waiting, len(platform.incidents()))
    return rendered(request, template, frame=frame, **values)


def _findings(platform: Platform) -> int:
    """Findings of validations that wait for their owner or for a validator."""
    now = time.time_ns() // 1000
    return sum(one.answered or one.overdue(now) for one in platform.validation_findings())


def rendered(request: Request, template: str, *, frame: Frame | None = None, status: int = 200, **values: Any) -> Response:
    """A page; without a frame for somebody who is not known."""
    surroundings = {
        "frame": frame,
        "csrf": csrf_of(request),
        "path": request.url.path,
        "theme": theme(request),
        "done": words.DONE.get(request.query_params.get("done", ""), ""),
        "every": 0,
        "section": "",
        "search": "",
        "guest": False,
    }
    text = TEMPLATES.get_template(template).render({**surroundings, **values})
    return HTMLResponse(text, status, headers={**HEADERS, "Cache-Control": "no-store"})


def theme(request: Request) -> str:
    """`light` or `dark` if the person has chosen; empty to follow the system."""
    chosen = request.cookies.get("lamp-theme", "")
    return chosen if chosen in ("light", "dark") else ""


def live_part(request: Request) -> bool:
    """Whether the script of a page asks for the parts that change by themselves, and for nothing else."""
    return request.query_params.get("part") == "live"


def done(address: str, what: str, **more: object) -> Response:
    """Back to a page of ours after a deed; `what` is a word of `words.DONE`."""
    query = "&".join(f"{name}={value}" for name, value in {"done": what, **more}.items())
    return RedirectResponse(f"{address}?{query}", status_code=303)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": times.when, "clock": times.clock, "day": times.day, "since": times.since, "lasting": times.length,
        "count": numbers.count, "figure": numbers.figure, "share": numbers.share, "size": numbers.size,
        "milliseconds": numbers.milliseconds, "plain": words.plain, "told": telling.sentence, "light": light,
    }  # fmt: skip
    environment.globals |= {
        "asset": assets.address, "zone": times.zone, "sentence_of": glossary.sentence_of, "ARRANGEMENTS": words.ARRANGEMENTS,
        "DUTIES": words.DUTIES, "SIDES": words.SIDES, "Aspect": Aspect, "Duty": Duty, "Stage": Stage, "Permission": Permission,
    }  # fmt: skip
    return environment


#: All templates, with what they may call.
TEMPLATES = _environment()
