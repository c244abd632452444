"""After everything else of this folder: no verb of the interface was left out, on either way to have a platform."""

from tests.sdk.grounds import Ground

from lamplighter.sdk.interface import DOORS


def test_every_verb_has_answered(ground: Ground) -> None:
    assert sorted(set(DOORS) - ground.answered) == []
