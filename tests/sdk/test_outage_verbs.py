"""What a project declares for bad days, drilled on real processes; and a version whose time its owner extends."""

import pytest
from tests.sdk import models
from tests.sdk.grounds import Ground

from lamplighter.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from lamplighter.domain.outage import Fallback
from lamplighter.domain.version import Version
from lamplighter.sdk.release import release

DAY = 86_400_000_000
MODEL = "steady-trains"


@pytest.fixture(scope="module")
def version(ground: Ground) -> Version:
    """A version in production that 0.25 stands in for."""
    project = models.project(MODEL, outage={"answer": "constant", "value": 0.25})
    version = release(ground["dana"], project, models.build())
    ground.live(version, "prod")
    return version


def test_a_drill_shows_the_declared_answer_and_becomes_evidence(ground: Ground, version: Version) -> None:
    held = ground["ines"].drill_outage(f"{MODEL}@live", "prod")
    assert (held.answer, held.requests, held.kept, held.ordinary, held.untouched) == (Fallback.CONSTANT, 20, 20, 20, 20)
    assert (held.scores, held.passed) == ((0.25,), True)
    evidence = ground["rita"].version(version.name, "prod").evidence
    found = next(one.facts for one in evidence if one.kind == "outage-drill")
    assert (found["passed"], found["answer"], found["environment"]) == (True, "constant", "prod")


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ({}, Fallback.FAIL),
        ({"answer": "last-known-good", "max_age": "1h"}, Fallback.LAST_KNOWN_GOOD),
    ],
)
def test_another_declaration_is_answered_from_the_next_moment(
    ground: Ground, version: Version, declared: dict[str, object], answer: Fallback
) -> None:
    ground["dana"].save_project(MODEL, models.project(MODEL, outage=declared))
    held = ground["ines"].drill_outage(version.name, "prod")
    assert (held.answer, held.passed) == (answer, True)
    ground["dana"].save_project(MODEL, models.project(MODEL, outage={"answer": "constant", "value": 0.25}))


def test_a_drill_says_that_no_version_could_answer_instead(ground: Ground, version: Version) -> None:
    ground["dana"].save_project(MODEL, models.project(MODEL, outage={"answer": "version"}))
    held = ground["ines"].drill_outage(version.name, "prod")
    assert (held.kept, held.why) == (0, "No other version was live in prod before, so that none answers in its place.")
    ground["dana"].save_project(MODEL, models.project(MODEL, outage={"answer": "constant", "value": 0.25}))


def test_a_drill_needs_a_live_version(ground: Ground, version: Version) -> None:
    with pytest.raises(Conflict, match="not live"):
        ground["ines"].drill_outage(version.name, "staging")


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"outage": {"answer": "constant", "value": 7.0}}, "no answer of this model"),
        ({"outage": {"answer": "constant"}}, "outage"),
        ({"outage": {"answer": "fail", "value": 0.5}}, "outage"),
        ({"outage": {"answer": "version", "version": 9}}, "earlier live version"),
        ({"env": {"prod": {"sticky": "customer"}}}, "sticky"),
        (
            {"model": {"name": MODEL, "criticality": "mission-critical"}, "env": {"prod": {"durability": "buffered"}}},
            "buffered",
        ),
        ({"expiry": {"then": "serve"}}, "for ever"),
        ({"expiry": {"then": "fallback"}}, "no answer for an expired"),
        ({"expiry": {"on": "2027-02-30"}}, "not a day"),
    ],
)
def test_what_the_live_version_cannot_keep_is_refused(
    ground: Ground, version: Version, more: dict[str, object], match: str
) -> None:
    with pytest.raises((Invalid, NotFound), match=match):
        ground["dana"].save_project(version.model, models.project(MODEL, **more))


def test_the_owner_extends_the_live_version(ground: Ground, version: Version) -> None:
    with pytest.raises(NotAllowed, match="do not extend"):
        ground["ines"].extend(version.name, "prod", 30, "It is needed.")
    with pytest.raises(Invalid, match="not an extension"):
        ground["dana"].extend(version.name, "prod", 30, " ")
    with pytest.raises(Conflict, match="no time to extend"):
        ground["dana"].extend(version.name, "dev", 30, "It is needed.")
    (live,) = ground["rita"].status(MODEL).live
    expiry = ground["dana"].extend(version.name, "prod", 30, "Its successor is in acceptance.")
    assert expiry.at == live.since + 395 * DAY
    assert ground["rita"].journal(MODEL, 1)[0].name == "VersionExtended"
