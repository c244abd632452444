"""Accounts of applications and the word of their owners, embedded and remote alike."""

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.consumer import Standing
from lamplighter.domain.errors import Conflict, NotAllowed, NotFound
from lamplighter.sdk.model import Endpoint, live_in
from lamplighter.sdk.release import release

MODEL = "heard-of"


def test_an_application_gets_an_account_and_calls_with_a_token_of_its_own(ground: Ground) -> None:
    told = {"name": "platform-signs", "owner": address("bea"), "threshold": 0.4}
    project = models.project(MODEL, consumer=[told])
    first, second = (release(ground["dana"], project, models.build(threshold=threshold)) for threshold in (0.4, 0.6))
    ground.live(first, "prod")
    account = ground.owner.save_consumer("platform-signs", address("bea"), [MODEL])
    assert (account.name, account.owner, account.models, account.active) == ("platform-signs", address("bea"), (MODEL,), True)
    assert account in ground["rita"].consumer_accounts()
    with pytest.raises(NotFound):
        ground.owner.save_consumer("platform-signs", "nobody@trains.example")
    token = ground.owner.issue_consumer_token("platform-signs", MODEL, "prod", 7).secret
    endpoint = Endpoint(live_in(ground["dana"], MODEL, "prod").address, MODEL, token)
    until(lambda: _answers(endpoint))
    endpoint.close()
    until(lambda: ground["rita"].consumers(MODEL)[0].requests)
    (seen,) = ground["rita"].consumers(MODEL)
    assert (seen.name, seen.standing, seen.silent, seen.threshold) == ("platform-signs", Standing.DECLARED, False, 0.4)
    with pytest.raises(NotAllowed):
        ground["dana"].consent(second.name, "platform-signs", True)
    word = ground["bea"].consent(second.name, "platform-signs", True, "prod", "Fine with us.")
    assert (word.environment, word.accepted, word.person, word.reason) == ("prod", True, address("bea"), "Fine with us.")
    (affected,) = ground["rita"].version(second.name, "prod").consumers
    assert affected.consent == word
    assert [(effect.name, effect.breaking, effect.why) for effect in affected.effects] == [
        ("threshold", False, "It decides at its own 0.4.")
    ]
    with pytest.raises(Conflict) as caught:
        ground["bea"].consent(second.name, "platform-signs", True, "staging")
    assert caught.value.code == "E1561"


def _answers(endpoint: Endpoint) -> bool:
    try:
        return bool(endpoint.predict(models.columns(1)[0]).scores)
    except NotAllowed:
        return False
