"""The same refusal has the same kind, code, reason and way forward, embedded and remote alike."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError, NotAllowed, NotFound
from lamplighter.domain.version import Version
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.release import release

MODEL = "refused-trains"


@pytest.fixture(scope="module")
def version(ground: Ground) -> Version:
    """A version that ada registered, live in dev and staging."""
    version = release(ground["ada"], models.critical(MODEL), models.build())
    ground.live(version, "dev", "staging")
    return version


def refusal(deed: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[type[LampError], str, str, str, str]:
    """Everything that a refused deed says."""
    with pytest.raises(LampError) as caught:
        deed(*arguments, **named)
    error = caught.value
    return type(error), error.code, error.what, error.why, error.fix


def test_an_unknown_name_comes_with_the_nearest_known_one(ground: Ground, version: Version) -> None:
    kind, code, what, why, fix = refusal(ground["rita"].status, "refused-train")
    assert (kind, code, what) == (NotFound, "E1201", "There is no model of that name.")
    assert fix == f"Did you mean {MODEL}?"
    assert why.startswith("Known: ")
    for ask in (
        lambda: ground["rita"].rollouts("refused-train"),
        lambda: ground["rita"].trainings("refused-train"),
        lambda: ground["rita"].challenges("refused-train"),
        lambda: ground["rita"].incidents("refused-train"),
        lambda: ground["rita"].waiting("refused-train"),
        lambda: ground["rita"].journal("refused-train"),
        lambda: ground["rita"].figures("refused-train", "dev", 1, 0, 1),
    ):
        assert refusal(ask) == (kind, code, what, why, fix)


def test_an_unknown_environment_or_version_is_refused_too(ground: Ground, version: Version) -> None:
    wanted = "There is no environment of that name."
    for ask in (
        lambda: ground["dana"].deploy(version.name, "stagging"),
        lambda: ground["rita"].readings(MODEL, "stagging"),
        lambda: ground["rita"].figures(MODEL, "stagging", 1, 0, 1),
        lambda: ground["rita"].service(MODEL, "stagging"),
        lambda: ground["rita"].at(MODEL, "stagging", 1),
    ):
        kind, code, what, _, fix = refusal(ask)
        assert (kind, code, what, fix) == (NotFound, "E1201", wanted, "Did you mean staging?")
    there_is_one = (NotFound, "E1201", "There is no version of that name.", f"Known: {MODEL}@1.", f"Did you mean {MODEL}@1?")
    assert refusal(ground["rita"].version, f"{MODEL}@9") == there_is_one
    assert refusal(ground["rita"].figures, MODEL, "dev", 9, 0, 1) == there_is_one
    assert refusal(ground["rita"].version, f"{MODEL}@7.5")[:2] == (Invalid, "E1101")


@pytest.mark.parametrize(
    ("verb", "thing"),
    [("rollout", "rollout"), ("pause", "rollout"), ("incident", "incident"), ("acknowledge", "incident")],
)
def test_an_unknown_id_is_refused(ground: Ground, verb: str, thing: str) -> None:
    kind, code, what, _, _ = refusal(getattr(ground["dana"], verb), "X-1")
    assert (kind, code, what) == (NotFound, "E1201", f"There is no {thing} of that name.")


def test_a_role_without_the_key_turns_none(ground: Ground, version: Version) -> None:
    assert refusal(ground["ines"].sign, version.name, "prod", Side.BUSINESS, accepted=True) == (
        NotAllowed,
        "E1320",
        "You cannot sign for business.",
        "That takes the role business.",
        "Ask somebody with the role business.",
    )


def test_the_author_accepts_nothing_of_their_own(ground: Ground, version: Version) -> None:
    assert version.author == address("ada")
    assert refusal(ground["ada"].sign, version.name, "prod", Side.BUSINESS, accepted=True) == (
        NotAllowed,
        "E1321",
        "You cannot accept your own version.",
        "Whoever registered a version never holds a key to it.",
        "Ask somebody else with this role.",
    )


def test_one_person_with_both_roles_holds_one_key(ground: Ground, version: Version) -> None:
    ground["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True)
    assert refusal(ground["bea"].sign, version.name, "prod", Side.IT, accepted=True) == (
        NotAllowed,
        "E1322",
        "One person cannot hold both keys.",
        "You have signed this version for business already.",
        "Ask somebody else for this side.",
    )


def test_production_is_for_whoever_holds_the_duty(ground: Ground, version: Version) -> None:
    assert refusal(ground["ines"].deploy, version.name, "prod") == (
        NotAllowed,
        "E1330",
        f"You do not deploy {MODEL}.",
        f"The duty is {models.OWNER}'s.",
        f"Ask {models.OWNER}, or change owners.deployment in lamp.toml.",
    )


def test_a_second_rollout_waits_for_the_first(ground: Ground, version: Version) -> None:
    first = ground["dana"].deploy(version.name, "prod").rollout
    assert first is not None
    another = release(ground["dana"], models.critical(MODEL), models.build(threshold=0.4))
    assert refusal(ground["dana"].deploy, another.name, "prod") == (
        Conflict,
        "E1511",
        f"Another rollout of {MODEL} is open in prod.",
        f"{first.id} brings v1 and is waiting.",
        f"Wait for it, or stop it: lamp rollout stop {first.id}",
    )
    ground["dana"].stop(first.id)


def test_a_refused_gate_is_a_decision_and_for_the_one_liner_a_block(ground: Ground) -> None:
    version = release(ground["dana"], models.critical("blocked-trains"), models.build())
    wanted = f"order: {version.name} was never live at the level acceptance."
    with pytest.raises(Blocked) as caught:
        bring_live(ground["dana"], version, "prod", wait=5.0)
    assert caught.value.why == wanted


def test_two_names_for_one_model_are_invalid(ground: Ground) -> None:
    assert refusal(ground["dana"].save_project, "other", models.project("one")) == (
        Invalid,
        "E1113",
        "Two names for one model.",
        "The path and the project differ.",
        "Use one name.",
    )
