"""People, teams, tokens and environments, embedded and remote alike."""

import time

import pytest
from tests.ports import free_port
from tests.sdk import models
from tests.sdk.cast import ROLES, address
from tests.sdk.grounds import Ground

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import NotFound, Unauthenticated
from lamplighter.domain.identity import Person, Role, Team
from lamplighter.lifecycle.people import owner_address
from lamplighter.sdk.release import release

DAY = 86_400_000_000


def test_everybody_is_who_they_are(ground: Ground) -> None:
    for name, roles in ROLES.items():
        if Role.APPLICATION not in roles:
            assert ground[name].whoami() == Person(email=address(name), name=name.capitalize(), roles=roles)
    assert {person.email for person in ground["rita"].people()} >= {owner_address(), *map(address, ROLES)}


def test_a_team_keeps_its_order_of_call(ground: Ground) -> None:
    saved = ground.owner.save_team("@night", [address("ivo"), address("ines")])
    assert saved == Team(name="@night", members=(address("ivo"), address("ines")))
    assert saved in ground["dana"].teams()


def test_a_token_is_good_until_its_holder_leaves(ground: Ground) -> None:
    ground.owner.save_person("gwen@trains.example", "Gwen", [Role.RISK])
    issued = ground.owner.issue_token("gwen@trains.example", "laptop", 2)
    assert 1.9 * DAY < issued.expires_at - time.time_ns() // 1000 <= 2 * DAY
    assert ground.entered(issued.secret).whoami().roles == (Role.RISK,)
    left = ground.owner.save_person("gwen@trains.example", "Gwen", [Role.RISK], active=False)
    assert not left.active
    with pytest.raises(Unauthenticated):
        ground.entered(issued.secret).whoami()


def test_tokens_are_listed_and_ended_by_whoever_holds_them(ground: Ground) -> None:
    email = address("rita")
    issued = ground.owner.issue_token(email, "kiosk", 2)
    held = ground.entered(issued.secret)
    [mine] = [one for one in held.tokens(email) if one.current]
    assert (mine.label, mine.email, mine.expires_at) == ("kiosk", email, issued.expires_at)
    with pytest.raises(NotFound):
        held.tokens(address("dana"))
    with pytest.raises(NotFound):
        ground["dana"].revoke_token(mine.key)
    assert ground.owner.revoke_token(mine.key).label == "kiosk"
    with pytest.raises(Unauthenticated):
        ground.entered(issued.secret).whoami()


def test_a_sign_in_link_is_no_token(ground: Ground) -> None:
    link = ground.owner.issue_sign_in(address("rita"))
    assert link.expires_at - time.time_ns() // 1000 < 15 * 60_000_000
    with pytest.raises(Unauthenticated):
        ground.entered(link.secret).whoami()


def test_an_account_that_is_not_bound_stays_as_it_is(ground: Ground) -> None:
    found = ground.owner.unbind(address("rita"))
    assert found == {person.email: person for person in ground.owner.people()}[address("rita")]


def test_an_environment_is_there_once_it_is_saved(ground: Ground) -> None:
    spare = Environment(name="spare", level=Level.DEVELOPMENT, port=free_port())
    assert ground.owner.save_environment("spare", spare) == spare
    known = {environment.name: environment for environment in ground["rita"].environments()}
    assert known["spare"] == spare
    assert {name: known[name].level.value for name in ("dev", "staging", "prod")} == {
        "dev": "development",
        "staging": "acceptance",
        "prod": "production",
    }


# Processes take their time to end and to start; nothing of it depends on how the platform is reached.
@pytest.mark.parametrize("ground", ["embedded"], indirect=True)
def test_a_moved_environment_answers_at_its_new_address(ground: Ground) -> None:
    first, second = (Environment(name="wanders", level=Level.DEVELOPMENT, port=free_port()) for _ in range(2))
    ground.owner.save_environment("wanders", first)
    ground.live(release(ground["dana"], models.project("moved"), models.build()), "wanders")
    assert ground.endpoint("moved", "wanders").predict(models.columns(1)[0]).version == "moved@1"
    ground.owner.save_environment("wanders", second)
    moved = ground.endpoint("moved", "wanders")
    assert str(second.port) in moved.url
    assert moved.predict(models.columns(1)[0]).version == "moved@1"
