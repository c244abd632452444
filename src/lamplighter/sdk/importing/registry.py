"""The registry of an MLflow server: its models, their versions, and which of them are wanted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.record import Record
from lamplighter.domain.tracking.candidate import CHAMPION, PRODUCTION
from lamplighter.sdk.importing.server import Server, misleading

#: Models, and versions of one model, that are read at most; what a page holds.
MOST, _PAGE = 20_000, "200"


class Pair(Record, frozen=True):
    """A tag or a parameter."""

    key: str
    value: str = ""


class Alias(Record, frozen=True):
    """A name for a version."""

    alias: str
    version: str | int


class Model(Record, frozen=True):
    """A registered model."""

    name: str
    description: str = ""
    tags: tuple[Pair, ...] = ()
    aliases: tuple[Alias, ...] = ()


class Version(Record, frozen=True):
    """A version of a registered model."""

    name: str
    version: str | int
    creation_timestamp: int | str = 0
    current_stage: str = ""
    description: str = ""
    source: str = ""
    run_id: str = ""
    user_id: str = ""
    tags: tuple[Pair, ...] = ()

    @property
    def number(self) -> int:
        """Its number."""
        return int(self.version)

    @property
    def created_at(self) -> int:
        """When it was made, milliseconds since the epoch, UTC."""
        return int(self.creation_timestamp)


class Metric(Record, frozen=True):
    """The last value of a metric; MLflow writes what is no number as a text."""

    key: str
    value: float | str = 0.0


class _Data(Record, frozen=True):
    metrics: tuple[Metric, ...] = ()
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


class _Info(Record, frozen=True):
    run_name: str = ""
    artifact_uri: str = ""


class Run(Record, frozen=True):
    """What a run has logged."""

    info: _Info = _Info()
    data: _Data = _Data()


class _Models(Record, frozen=True):
    registered_models: tuple[Model, ...] = ()
    next_page_token: str = ""


class _Model(Record, frozen=True):
    registered_model: Model


class _Versions(Record, frozen=True):
    model_versions: tuple[Version, ...] = ()
    next_page_token: str = ""


class _Run(Record, frozen=True):
    run: Run = Run()


class Choice(Record, frozen=True):
    """Which versions of each model are wanted."""

    #: Newest versions; 0 for those in use, or for all of them.
    newest: int = 0
    all: bool = False
    #: Only what an alias or a stage says to be in use; otherwise the newest version where nothing does.
    live: bool = False


def choice_of(text: str) -> Choice:
    """`all`, `live` or a number of newest versions; empty means what is in use, else the newest. Raises `Invalid`."""
    if text in ("", "all", "live"):
        return Choice(all=text == "all", live=text == "live")
    if re.fullmatch(r"[1-9][0-9]{0,4}", text):
        return Choice(newest=int(text))
    raise Invalid(
        "That does not say which versions.",
        why="It is neither all, live nor a number.",
        fix="Write --versions all, --versions live for those in use, or --versions 3 for the three newest of each model.",
        code="E1454",
    )


def models(server: Server) -> list[Model]:
    """Every registered model, by name; raises what asking raises."""
    found = [one for page in _pages(server, "registered-models/search", _Models, {}) for one in page.registered_models]
    return sorted(found, key=lambda one: one.name)


def model(server: Server, name: str) -> Model:
    """One registered model; raises `NotFound`."""
    return server.get("mlflow/registered-models/get", _Model, name=name).registered_model


def versions(server: Server, name: str) -> list[Version]:
    """Every version of a model, by number; raises what asking raises."""
    mark = '"' if "'" in name else "'"
    condition = {"filter": f"name = {mark}{name}{mark}"}
    found = [one for page in _pages(server, "model-versions/search", _Versions, condition) for one in page.model_versions]
    try:
        return sorted((one for one in found if one.name == name and one.created_at >= 0), key=lambda one: one.number)
    except ValueError:
        raise misleading("the number or the time of a version is none") from None


def run(server: Server, version: Version) -> Run:
    """What the run of a version has logged; an empty one where there is none, or the server has it no more."""
    if not version.run_id:
        return Run()
    try:
        return server.get("mlflow/runs/get", _Run, run_id=version.run_id).run
    except NotFound:
        return Run()


def chosen(model: Model, found: Sequence[Version], choice: Choice) -> list[Version]:
    """The versions that are wanted, by number."""
    if choice.all:
        return list(found)
    if choice.newest:
        return list(found[-choice.newest :])
    used = {int(one.version) for one in model.aliases if one.alias == CHAMPION and str(one.version).isdecimal()}
    used |= {one.number for one in found if one.current_stage == PRODUCTION}
    return [one for one in found if one.number in used] or ([] if choice.live else list(found[-1:]))


def _pages(server: Server, path: str, shape: Any, query: Mapping[str, str]) -> Iterator[Any]:
    token, seen = "", 0
    while seen <= MOST:
        more = {"page_token": token} if token else {}
        page = server.get(f"mlflow/{path}", shape, max_results=_PAGE, **query, **more)
        yield page
        seen += len(next(iter(msgspec.structs.astuple(page)))) or 1
        token, before = page.next_page_token, token
        if not token or token == before:
            return
    raise misleading(f"it has more than {MOST:,} models, or versions of one model; name some models")
