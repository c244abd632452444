"""The people of the tests: real accounts with roles, each with a token of their own."""

from collections.abc import Mapping

from lamplighter.domain.identity import Role
from lamplighter.sdk.interface import Platform

#: Roles by name; `bea` has two sides, `ada` registers and has the business role as well.
ROLES: Mapping[str, tuple[Role, ...]] = {
    "dana": (Role.DATA_SCIENTIST,),
    "milo": (Role.ML_ENGINEER,),
    "ines": (Role.IT,),
    "ivo": (Role.IT,),
    "bea": (Role.BUSINESS, Role.IT),
    "ada": (Role.DATA_SCIENTIST, Role.BUSINESS),
    "rita": (Role.RISK,),
    "display": (Role.APPLICATION,),
}


def address(name: str) -> str:
    """The e-mail address of one of them."""
    return f"{name}@trains.example"


def arrive(administrator: Platform) -> dict[str, str]:
    """Add everybody and the team that runs things; gives the token of each."""
    for name, roles in ROLES.items():
        administrator.save_person(address(name), name.capitalize(), roles)
    administrator.save_team("@it-ops", [address("ines"), address("ivo")])
    return {name: administrator.issue_token(address(name), "tests", 30).secret for name in ROLES}
