"""What trainings are given and what is kept from them, through both doors."""

import time

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.errors import NotFound
from lamplighter.sdk.release import release

MODEL, HOUR = "kept-trains", 3_600_000_000


def test_a_span_is_kept_from_trainings_until_it_is_lifted(ground: Ground) -> None:
    version = release(ground["dana"], models.project(MODEL), models.build())
    ground.live(version, "dev")
    now = time.time_ns() // 1000
    held = ground["dana"].quarantine(MODEL, now - HOUR, now, "The gate clocks stood still.")
    assert (held.author, held.model) == (address("dana"), MODEL)
    assert ground["rita"].quarantines(MODEL) == [held]
    given = ground["dana"].training_input(MODEL)
    assert (given.scored, given.labelled) == (0, 0)
    assert ground["dana"].training_rows(MODEL).columns.keys() >= {"time", "delay", "load"}
    assert ground["rita"].retraining(MODEL).model == MODEL
    lifted = ground["dana"].lift_quarantine(held.id, "They were right.")
    assert lifted.lifted_by == address("dana")
    assert ground["rita"].quarantines(MODEL) == []
    assert ground["rita"].quarantines(MODEL, lifted=True) == [lifted]
    with pytest.raises(NotFound):
        ground["rita"].retraining("kept-train")
