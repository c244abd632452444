"""The people of the demonstration: real accounts with roles, and one client for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lamplighter.domain.identity import Role
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.remote import remote


class Cast(NamedTuple):
    """One person of the story."""

    email: str
    name: str
    roles: tuple[Role, ...]


#: Everybody, by the name the story uses.
CAST: Mapping[str, Cast] = {
    "dana": Cast("dana@flights.example", "Dana, data scientist", (Role.DATA_SCIENTIST,)),
    "milo": Cast("milo@flights.example", "Milo, ML engineer", (Role.ML_ENGINEER,)),
    "ines": Cast("ines@flights.example", "Ines, IT operations", (Role.IT,)),
    "ivo": Cast("ivo@flights.example", "Ivo, IT operations", (Role.IT,)),
    "bea": Cast("bea@flights.example", "Bea, gate operations", (Role.BUSINESS,)),
    "rita": Cast("rita@flights.example", "Rita, risk", (Role.RISK,)),
    "gail": Cast("gate-systems@flights.example", "Gail, gate systems", (Role.BUSINESS,)),
    "arrivals": Cast("arrivals@flights.example", "Feed of arrivals, which brings the labels", (Role.APPLICATION,)),
}
#: The application that calls the model.
DASHBOARD = "ops-dashboard"
_TEAMS = {"@data-science": ("dana", "milo"), "@it-ops": ("ines", "ivo")}


@dataclass(frozen=True)
class People:
    """A client for each person, and the owner of the machine, who opens accounts for applications."""

    clients: Mapping[str, Platform]
    administrator: Platform

    def __getitem__(self, name: str) -> Platform:
        """The platform as this person."""
        return self.clients[name]

    def dashboard_token(self, model: str, environment: str) -> str:
        """A token with which the dashboard of the gate desks calls a model."""
        self.administrator.save_consumer(DASHBOARD, CAST["gail"].email, [model])
        return self.administrator.issue_consumer_token(DASHBOARD, model, environment, 30).secret


def arrive(administrator: Platform, url: str) -> People:
    """Add everybody and give each a token of their own; nobody acts through another."""
    for person in CAST.values():
        administrator.save_person(person.email, person.name, person.roles)
    for team, members in _TEAMS.items():
        administrator.save_team(team, [CAST[member].email for member in members])
    tokens = {name: administrator.issue_token(person.email, "demo", 30).secret for name, person in CAST.items()}
    clients = {name: remote(url, token, timeout=60.0) for name, token in tokens.items()}
    return People(clients, administrator)
