"""What a role may do: the table as it was agreed, and nothing by implication."""

import pytest

from lamplighter.domain.acceptance import ROLE_OF, Side
from lamplighter.domain.identity import PERMISSIONS, PLATFORM, Actor, Credential, Permission, Person, Purpose, Role

BUILDS = {"read", "design", "register", "deploy", "roll-back", "label", "predict", "respond", "retrain", "consent"} | {
    "push",
    "observe",
    "rows",
}
AGREED = {
    Role.DATA_SCIENTIST: BUILDS,
    Role.ML_ENGINEER: BUILDS,
    Role.IT: {"read", "deploy", "approve", "consent", "roll-back", "respond", "observe"},
    Role.BUSINESS: {"read", "approve", "consent", "predict", "respond"},
    Role.RISK: {"read", "approve", "consent"},
    Role.ADMINISTRATOR: {"read", "administer", "observe"},
    Role.APPLICATION: {"predict", "label", "push"},
    Role.OBSERVER: {"observe"},
    Role.ALERTING: {"alert"},
}


def somebody(*roles: Role, active: bool = True) -> Person:
    return Person(email="ada@example.com", name="Ada", roles=roles, active=active)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_was_agreed_and_nothing_else(role: Role) -> None:
    assert {permission.value for permission in PERMISSIONS[role]} == AGREED[role]
    person = somebody(role)
    for permission in Permission:
        assert person.may(permission) == (permission in AGREED[role])


def test_an_application_never_approves_and_a_builder_never_accepts_alone() -> None:
    approving = {role for role in Role if somebody(role).may(Permission.APPROVE)}
    assert approving == set(ROLE_OF.values()) == {Role.IT, Role.BUSINESS, Role.RISK}
    assert set(ROLE_OF) == set(Side)
    assert not {role for role in approving if somebody(role).may(Permission.REGISTER)}
    assert {role for role in Role if somebody(role).may(Permission.ADMINISTER)} == {Role.ADMINISTRATOR}


def test_roles_add_up_and_end_when_somebody_leaves() -> None:
    both = somebody(Role.RISK, Role.APPLICATION)
    assert {permission for permission in Permission if both.may(permission)} == {
        "read",
        "approve",
        "consent",
        "predict",
        "label",
        "push",
    }
    left = somebody(*Role, active=False)
    assert not any(left.may(permission) for permission in Permission)
    assert not any(somebody().may(permission) for permission in Permission)


def test_a_credential_ends_with_its_time_or_when_it_is_taken_back() -> None:
    token = Credential(digest="ab" * 32, email="ada@example.com", purpose=Purpose.TOKEN, created_at=1, expires_at=10)
    assert [token.valid(now) for now in (1, 9, 10, 11)] == [True, True, False, False]
    revoked = Credential(
        digest="ab" * 32, email="ada@example.com", purpose=Purpose.TOKEN, created_at=1, expires_at=10, revoked=True
    )
    assert not revoked.valid(1)


def test_the_platform_itself_may_nothing_that_a_route_asks_for() -> None:
    assert not any(PLATFORM.person.may(permission) for permission in Permission)
    assert (PLATFORM.email, PLATFORM.credential) == ("platform@lamplighter", "platform")
    assert Actor(person=somebody()).email == "ada@example.com"
