"""Which model, version and environment a command line means."""

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from lamplighter.cli.session import Session
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.names import parse_reference, unknown

if TYPE_CHECKING:  # these bring the database library, which help does not need
    from lamplighter.views.live import Live

#: The option of a command that is about the most protected environment where none is named; see `main_place`.
ENV = click.option("--env", "environment", envvar="LAMP_ENV", default="", metavar="ENV", help="where; default: most protected")
_ORDER = list(Level)


def model_of(text: str) -> str:
    """The model that a text names; a version is refused, because it would be ignored. Raises `Invalid`."""
    reference = parse_reference(text)
    if reference.selector is not None:
        raise Invalid(
            "This is about a model, not about one of its versions.",
            why="Behind the name stands a version, which would change nothing here.",
            fix=f"Write {reference.model}.",
            code="E1183",
        )
    return reference.model


def main_place(session: Session, model: str, environment: str) -> str:
    """The environment named, or the most protected one in which the model is live; raises `NotFound`."""
    found = live_in(session, model)
    if environment or found:
        return environment or found[-1].environment
    raise NotFound(
        f"{model} is live nowhere.",
        why="Without --env this is about the most protected environment in which the model is live.",
        fix=f"Deploy it with lamp deploy {model}, or name an environment with --env.",
        code="E1280",
    )


def place_beside(session: Session, model: str, environment: str, incident: str) -> str:
    """The same for a question that may name an incident, which says itself where it is. One that is named on the command line
    all the same is passed on, to be refused; one of the surroundings is not meant."""
    named = click.get_current_context().get_parameter_source("environment") is ParameterSource.COMMANDLINE
    return environment if named else "" if incident else main_place(session, model, environment)


def live_in(session: Session, model: str) -> "tuple[Live, ...]":
    """Where a model answers, the most protected environment last."""
    return session.platform.status(model).live


def by_level(session: Session) -> list[Environment]:
    """Every environment, the least protected first."""
    return sorted(session.platform.environments(), key=lambda place: (_ORDER.index(place.level), place.name))


def target_place(session: Session, model: str, environment: str) -> str:
    """Where a deployment goes: as named, else where the model is live, else the first environment. Raises `NotFound`."""
    if environment:
        return environment
    try:
        found = live_in(session, model)
    except NotFound:
        found = ()
    return found[-1].environment if found else first_place(session).name


def first_place(session: Session) -> Environment:
    """The least protected environment; raises `NotFound` if there is none."""
    places = by_level(session)
    if places:
        return places[0]
    raise NotFound(
        "There is no environment yet.",
        why="A version needs a place where it answers.",
        fix="Add one: lamp env add dev --level development --port 7081",
        code="E1284",
    )


def recorded_place(session: Session, model: str, environment: str) -> str:
    """The environment that a question about the past means: named, where the model is live, or the most protected one."""
    if environment:
        return environment
    found, places = live_in(session, model), by_level(session)
    return found[-1].environment if found else (places[-1] if places else first_place(session)).name


def step_before(session: Session, model: str, target: str) -> "Live | None":
    """Where the model is live on the level nearest below an environment; nothing if it is live on none. Raises `NotFound`."""
    places = {place.name: place for place in by_level(session)}
    if target not in places:
        raise unknown("environment", target, places)
    rank = _ORDER.index(places[target].level)
    below = [live for live in live_in(session, model) if _ORDER.index(live.level) < rank]
    return below[-1] if below else None
