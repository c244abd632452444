"""The rows that a model was asked for: the first of them, all of them as a file, and the line that loads them in a notebook."""

import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Permission
from lamplighter.domain.incident import Incident
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.rows import AFTER, BEFORE, USUAL_ROWS, Rows, window_of
from lamplighter.sdk.frame import frame_of
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.notebook import incident_notebook
from lamplighter.web import times
from lamplighter.web.numbers import NOTHING
from lamplighter.web.page import Page, shown

#: Rows and inputs that the page shows, and characters of a value.
_SHOWN, _INPUTS, _LONGEST = 20, 24, 40
_TEXTS = ("environment", "incident", "condition")
_NUMBERS = ("number", "start", "end")
_TYPES: Mapping[str, str] = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.file",
    "json": "application/json",
}
#: Columns of the page that are not inputs.
_TOLD = ("score", "decision", "label", "failure")


class Behind(NamedTuple):
    """Where the rows behind an incident are to be had."""

    #: Addresses of the page and of the notebook.
    page: str
    notebook: str
    #: What loads them in a notebook.
    line: str


def behind(incident: Incident) -> Behind | None:
    """Where the rows behind an incident are to be had; nothing if it is about none."""
    if window_of(incident.finding) is None:
        return None
    return Behind(
        address(incident.finding.model, incident=incident.id),
        f"/incidents/{incident.id}/notebook",
        line_of(incident.finding.model, incident.id, ""),
    )


def address(model: str, **asked: str | int) -> str:
    """The page of the rows that are asked for."""
    return f"/m/{model}/rows?{urlencode({name: value for name, value in asked.items() if value})}"


def line_of(model: str, incident: str, condition: str, **more: str | int) -> str:
    """The line that loads the same rows in a notebook."""
    words = [f'"incident:{incident}"'] if incident else []
    words += [f"where={condition!r}"] if condition else []
    words += [f"{name}={value!r}" for name, value in more.items() if value]
    return f'lamplighter.model("{model}").slice({", ".join(words)})'


def rows_page(request: Request, platform: Platform) -> Response:
    """Show some of the rows, with those of their inputs for which there is room."""
    asked = _asked(request)
    found = platform.rows(request.path_params["model"], limit=_SHOWN, **asked)
    inputs = list(found.inputs)[:_INPUTS]
    return shown(
        request,
        platform,
        "rows.html",
        rows=found,
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        forms=list(_TYPES),
        most=USUAL_ROWS,
        line=line_of(found.model, found.incident, found.condition, **_without_incident(found, asked)),
        command=_command(found),
        inputs=inputs,
        told=_TOLD,
        cells=list(_cells(found, inputs)),
        section="incidents" if found.incident else "fleet",
    )


def rows_file(request: Request, platform: Platform) -> Response:
    """Give the rows as a file."""
    form = request.path_params["form"]
    if form not in _TYPES:
        raise Invalid(
            f"Rows are given as {', '.join(_TYPES)}.",
            why="The address ends with another form.",
            fix="Take a file from the page of the rows.",
            code="E1198",
        )
    found = platform.rows(request.path_params["model"], **_asked(request))
    return _download(frame_of(found).content(f".{form}"), _TYPES[form], f"{found.incident or found.model}-rows.{form}")


def notebook_file(request: Request, platform: Platform) -> Response:
    """Give the notebook of an incident."""
    key = request.path_params["key"]
    return _download(incident_notebook(platform, key), "application/x-ipynb+json", f"{platform.incident(key).id}.ipynb")


def _download(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{quote(name)}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)


def _asked(request: Request) -> dict[str, Any]:
    """What the query of the address asks for; raises `Invalid`."""
    given = request.query_params
    texts, numbers = {name: given.get(name, "").strip() for name in _TEXTS}, {name: given.get(name, "0") for name in _NUMBERS}
    numeric = all(text.isascii() and text.isdecimal() and len(text) <= 16 for text in numbers.values())
    if not numeric or any("\x00" in text for text in texts.values()):
        raise Invalid(
            "The address does not fit.",
            why="number, start and end are whole numbers, and a text holds no zero byte.",
            fix="Start from the page of an incident or of the model.",
            code="E1134",
        )
    return texts | {name: int(text) for name, text in numbers.items()}


def _without_incident(rows: Rows, asked: Mapping[str, Any]) -> dict[str, str | int]:
    if rows.incident:
        return {}
    ends = {name: rfc3339(asked[name]) for name in ("start", "end") if asked[name]}
    return {"environment": rows.environment, "number": asked["number"], **ends}


def _command(rows: Rows) -> str:
    which = ["--incident", rows.incident] if rows.incident else ["--env", rows.environment]
    where = ["--where", rows.condition] if rows.condition else []
    # The condition comes from the address, which somebody else may have made up: it must not become a command of its own.
    return shlex.join(["lamp", "predictions", "rows", rows.model, *which, *where])


def _cells(rows: Rows, inputs: list[str]) -> Any:
    """Each row as its time and its texts."""
    assert set(_TOLD) <= {*BEFORE, *AFTER}
    names = [*inputs, *_TOLD]
    for place, time in enumerate(rows.columns["time"]):
        yield times.clock(time), [_text(rows.columns[name][place]) for name in names]


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


PAGES = (
    Page("GET", "/m/{model}/rows", rows_page, Permission.ROWS),
    Page("GET", "/m/{model}/rows.{form}", rows_file, Permission.ROWS),
    Page("GET", "/incidents/{key}/notebook", notebook_file, Permission.ROWS),
)
