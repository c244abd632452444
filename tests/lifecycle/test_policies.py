"""The rule book: who sets it, what that changes, and which one holds after a start."""

import re
from pathlib import Path

import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, MovableClock, lived
from tests.sdk import models

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.events.policy import PolicyChanged
from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import policies
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

WHY = "The audit of March asks for it."
TEXT = specimens.starter_text().replace("version = 1", "version = 2").replace('escalate_after = "8h"', 'escalate_after = "4h"')


@on_each_database
def test_the_rule_book_of_a_new_platform_is_the_starter_and_on_record(life: Life) -> None:
    (first,) = life["rita"].policy_changes()
    assert (first.name, first.version, first.person, first.is_set) == ("starter", 1, PLATFORM.email, False)
    assert first.digest == life["rita"].policy().digest
    assert life.events(PolicyChanged) == []


@on_each_database
def test_what_somebody_sets_holds_at_once_and_after_a_start(life: Life) -> None:
    before = life["rita"].policy()
    made = life["ines"].set_policy(TEXT, WHY)
    assert [one.place for one in life["rita"].policy_differences(specimens.starter_text())] == [
        "internal.escalate_after",
        "version",
    ]
    for _ in range(2):
        book = life["rita"].policy()
        assert (book.version, book.tier[0].escalate_after, book.digest) == (2, "4h", made.digest)
        assert [(one.version, one.is_set) for one in life["rita"].policy_changes()] == [(2, True), (1, False)]
        life.restart()
    (event,) = life.events(PolicyChanged)
    assert (event.version, event.digest, event.before, event.why) == (2, made.digest, before.digest, WHY)


def test_what_each_one_changed_is_told_by_the_first_figures_of_its_digest(life: Life) -> None:
    first = life["rita"].policy_changes()[0]
    made = life["ines"].set_policy(TEXT, WHY)
    places = [(one.place, one.before, one.after) for one in life["rita"].policy_change(made.digest[:8])]
    assert ("version", "1", "2") in places
    assert places == [(one.place, one.after, one.before) for one in life["rita"].policy_differences(specimens.starter_text())]
    assert life["rita"].policy_change(first.digest) == []
    for lost in ("", "0" * 64):
        with pytest.raises(NotFound):
            life["rita"].policy_change(lost)


def test_words_given_under_the_one_before_do_not_hold(life: Life) -> None:
    version = life.version(models.critical("ruled-anew"))
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    life["bea"].sign(version.name, "prod", Side.BUSINESS, True)
    life["ines"].set_policy(TEXT, WHY)
    said = {one.gate: one.verdict.why for one in life["dana"].check(version.name, "prod").judgements}
    assert "accepted before policy changed" in said["acceptance"]


@on_each_database
def test_another_control_plane_takes_it_on(life: Life) -> None:
    other = Kit.open(life.settings, MovableClock())
    try:
        life["ines"].set_policy(TEXT, WHY)
        assert other.policy.version == 1
        policies.follow(other)
        assert Embedded(other, life.actor("rita")).policy().version == 2
    finally:
        other.close()


def test_the_same_version_again_is_refused(life: Life) -> None:
    with pytest.raises(Invalid) as refused:
        life["ines"].set_policy(specimens.starter_text().replace('"8h"', '"4h"'), WHY)
    assert (refused.value.code, refused.value.fix) == ("E1272", "Write version = 2 at its top.")
    with pytest.raises(Invalid):
        life["ines"].set_policy(TEXT, " ")
    assert len(life["rita"].policy_changes()) == 1


def test_a_tier_that_a_project_declares_stays(life: Life) -> None:
    named = models.project("declared", model={"name": "declared", "criticality": "mission-critical"})
    life["dana"].save_project("declared", named)
    with pytest.raises(Invalid, match="does not fit the rule book"):
        life["ines"].set_policy(TEXT.replace('"mission-critical"', '"grave"'), WHY)


def test_a_file_of_the_configuration_governs_and_what_it_brings_is_on_record(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(specimens.starter_text())
    with lived(tmp_path / "home", more=f'policy = "{path}"\n') as life:
        with pytest.raises(Conflict) as refused:
            life["ines"].set_policy(TEXT, WHY)
        assert refused.value.code == "E1597"
        path.write_text(TEXT)
        life.restart()
        assert life["rita"].policy().version == 2
        assert [(one.version, one.is_set) for one in life["rita"].policy_changes()] == [(2, False), (1, False)]
        (event,) = life.events(PolicyChanged)
        assert event.why == "The file that the configuration names."


ITEMS_THERE = TEXT.replace('limit = "medium"', 'limit = "medium", items = []')
NO_ITEMS = re.sub(r"\[\[checklist\]\]\n(.+\n)+", "", TEXT)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (TEXT.replace('limit = "medium"', 'limit = "some"'), "`limit`|\\$.limit"),
        (ITEMS_THERE, "production: Items stand at a gate"),
        (NO_ITEMS, "production: The gate checklist has no items"),
    ],
)
def test_a_gate_checklist_that_nothing_could_pass_or_that_is_not_one_is_refused(life: Life, text: str, what: str) -> None:
    with pytest.raises(Invalid) as refused:
        life["ines"].set_policy(text, WHY)
    assert re.search(what, refused.value.why)
    assert refused.value.why.startswith("Line ")
    assert refused.value.fix


def test_a_checklist_comes_in_and_goes_item_by_item(life: Life) -> None:
    other = specimens.starter_text().replace('severity = "low"\ncheck = "runbook"', 'severity = "high"\ncheck = "runbook"')
    (changed,) = life["rita"].policy_differences(other)
    assert (changed.place, changed.before, changed.after) == ("checklist.runbook.severity", "low", "high")
