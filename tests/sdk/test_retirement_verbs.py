"""A model is announced to end, agreed to, taken back, ended and brought back, through both doors."""

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.claimant import Claim
from lamplighter.domain.errors import NotAllowed, NotFound
from lamplighter.domain.retirement import State

MODEL, OWNER = "night-trains", address("bea")


def test_a_model_ends_and_comes_back(ground: Ground) -> None:
    ground["dana"].save_project(MODEL, models.project(MODEL, consumer=[{"name": "night-desk", "owner": OWNER}]))
    with pytest.raises(NotFound) as refusal:
        ground["rita"].retirement(MODEL)
    assert refusal.value.code == "E1557"
    with pytest.raises(NotAllowed):
        ground["ines"].retire(MODEL, "Nobody rides at night.")
    announced = ground["dana"].retire(MODEL, "Nobody rides at night.", sunset=2**51)
    assert [one.retirement for one in ground["rita"].retirements()] == [announced]
    agreed = ground["bea"].consent_to_retirement(MODEL, "night-desk", True)
    assert agreed.words[0].person == OWNER
    assert ground["bea"].approve_retirement(MODEL, True, "Fine with us.").word() is not None
    (claimant,) = ground["rita"].retirement(MODEL).claimants
    assert (claimant.name, claimant.claim) == ("night-desk", Claim.GONE)
    assert ground["dana"].cancel_retirement(MODEL, "They do.").state is State.CANCELLED
    ground["dana"].retire(MODEL, "They do not.")
    assert ground["dana"].finish_retirement(MODEL).state is State.FINISHED
    assert MODEL not in {row.model for row in ground["rita"].fleet(search=MODEL).rows}
    (row,) = ground["rita"].fleet(search=MODEL, retired=True).rows
    assert row.sentence.startswith("Retired since ")
    assert [one.retirement.state for one in ground["rita"].retirements(closed=True)][:2] == [State.FINISHED, State.CANCELLED]
    (listed,) = [one for one in ground["rita"].inventory() if one.model == MODEL]
    assert listed.retired_at > 0
    assert ground["dana"].revive(MODEL, "Again.").state is State.REVIVED
    assert MODEL in {row.model for row in ground["rita"].fleet(search=MODEL).rows}
