"""The model file is made from the record alone: what is there is in it, and what is not is said to be missing."""

from collections.abc import Iterator

import msgspec
import pytest
from tests.web import seed

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.card import Card, Figure, Section
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.incident import State
from lamplighter.domain.monitor import Kind
from lamplighter.domain.origin import Origin, Rows
from lamplighter.domain.version import Lock
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.card import card

SECTIONS = [
    "problem", "requirements", "limitations", "sources", "training", "inside", "evaluation", "robustness", "fairness",
    "selection", "checks", "gates", "cases", "acceptance", "owners", "consumers", "rollouts", "monitoring", "incidents",
    "emergencies", "waivers", "retirement", "history",
]  # fmt: skip
FACTS = {
    "held_out": True,
    "rows": 900,
    "figures": {
        "": {"brier": {"value": 0.168, "low": 0.16, "high": 0.18, "n": 900}},
        "origin = 'EWR'": {"brier": {"value": 0.2, "low": None, "high": None, "n": 12}},
    },
}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit, models=1)
    yield kit
    kit.close()


def made(kit: Kit, model: str, number: int) -> Card:
    with kit.store.reading() as look:
        version = look.versions.find(model=model, number=number)
        assert version is not None
        return card(look, version, policy=kit.policy, now=seed.NOW)


def section(found: Card, name: str) -> Section:
    return next(one for one in found.sections if one.name == name)


def cells(found: Card, name: str) -> str:
    return "\n".join(" | ".join(row) for table in section(found, name).tables for row in table.rows)


def test_every_part_is_there_whatever_is_on_record(kit: Kit) -> None:
    for model, number in (("late-flights", 2), ("returns-fraud", 1), ("price-001", 1)):
        assert [one.name for one in made(kit, model, number).sections] == SECTIONS
    bare = made(kit, "price-001", 1)
    assert section(bare, "requirements").sentences == ("No figure is asked of it.",)
    assert section(bare, "limitations").sentences == ("None are written down in its project.",)
    assert section(bare, "acceptance").sentences == ("Nobody was asked, or nobody has answered.",)
    assert section(bare, "incidents").sentences == ("No incident is on record.",)
    assert section(made(kit, "returns-fraud", 1), "rollouts").tables[0].rows[0][2] == "waiting"


def test_the_facts_of_a_version(kit: Kit) -> None:
    found = made(kit, "late-flights", 2)
    assert dict(section(found, "problem").facts)["Criticality"].startswith("mission-critical.")
    training = dict(section(found, "training").facts)
    assert (training["Commit of the code"], training["Seed"], training["Rows"]) == ("9ab12f0", "7", "81,002")
    assert training["Environment of the training"] == "not recorded"
    assert "brier <= 0.19" in cells(found, "requirements")
    assert "load_check | passed" in cells(found, "gates")
    assert "ops-dashboard | bea@example.com | declared" in cells(found, "consumers")
    assert "spreadsheet-macro | nobody | unknown" in cells(found, "consumers")
    assert "v2 was registered." in cells(found, "history")
    assert dict(section(found, "monitoring").facts)["Quality"].startswith("brier, limit 0.19")
    # Another version's life is not this one's.
    assert "v1 was registered." not in cells(found, "history")
    assert "v2 was registered." not in cells(made(kit, "late-flights", 1), "history")


def test_figures_are_read_with_their_intervals_and_slices(kit: Kit) -> None:
    with kit.store.transaction() as change:
        version = change.versions.find(model="late-flights", number=3)
        assert version is not None
        change.evidence.add(Evidence(version=version.digest, kind="performance", facts=FACTS, author=seed.ADA, at=seed.NOW + 1))
    found = made(kit, "late-flights", 3)
    assert found.figures == (
        Figure(metric="brier", slice="", value=0.168, low=0.16, high=0.18, rows=900),
        Figure(metric="brier", slice="origin = 'EWR'", value=0.2, rows=12),
    )
    assert section(found, "evaluation").tables[0].rows[1] == ("origin = 'EWR'", "brier", "0.2", "-", "12")
    assert found.held_out


def test_facts_of_another_shape_are_told_as_they_are(kit: Kit) -> None:
    found = made(kit, "late-flights", 2)
    assert found.figures == ()
    assert section(found, "evaluation").sentences == ("The evidence has a shape of its own; see it below.",)
    assert "metrics | auc 0.712, brier 0.168" in cells(found, "evaluation")


def test_what_was_tried_on_it_is_told_by_input(kit: Kit) -> None:
    found = section(made(kit, "late-flights", 2), "robustness")
    assert found.sentences == (
        "Each check changed one thing in 1,000 rows of the sample. A shift is the mean change of the score.",
    )
    assert [row for table in found.tables for row in table.rows] == [
        ("all rows", "other order, smaller batches", "0.0% (0.0% to 3.2%)", "0.0210", "0.0000"),
        ("carrier", "left empty", "refused by the contract", "-", "-"),
        ("carrier", "an unseen category", "2.1% (1.4% to 3.2%)", "0.0210", "0.2000"),
        ("hour", "beyond what was seen", "The model raised ValueError.", "-", "-"),
        ("precip", "never-falls", "2.1% (1.4% to 3.2%)"),
    ]
    assert "robustness" not in {table.heads[0] for table in section(made(kit, "late-flights", 2), "checks").tables}


def test_how_it_treats_groups_is_told_by_measure_and_by_group(kit: Kit) -> None:
    found = section(made(kit, "late-flights", 2), "fairness")
    seen, good = "Measured on 900 rows that the model has not seen.", "The decision that is good for people is 0."
    assert found.sentences == (f"{seen} {good} Intervals hold for all pairs of groups together.",)
    assert [row for table in found.tables for row in table.rows] == [
        ("age", "demographic_parity_ratio", "0.910", "0.840 to 0.980", "310 of from 60"),
        ("sex", "equalized_odds_ratio", "not measured", "There is only one group.", "-"),
        ("below 60", "age", "590", "400 (67.8%)", "390", "350 (89.7%)"),
        ("from 60", "age", "310", "191 (61.6%)", "-", "-"),
    ]


def test_what_it_was_trained_with_is_told(kit: Kit) -> None:
    packages = Lock(python="3.11", packages={"numpy": "2.4.6", "scipy": "1.17.1"})
    origin = Origin(
        lock=packages, lamplighter="0.1.0", system="Linux x86_64", data={"labels": Rows(digest="ab" * 32, rows=900)}
    )
    with kit.store.transaction() as change:
        version = change.versions.find(model="price-001", number=1)
        assert version is not None
        facts = msgspec.to_builtins(origin)
        change.evidence.add(Evidence(version=version.digest, kind="training", facts=facts, author=seed.ADA, at=seed.NOW))
    told = dict(section(made(kit, "price-001", 1), "training").facts)
    assert told["Environment of the training"] == ("lamplighter 0.1.0 on Linux x86_64, Python 3.11: numpy 2.4.6, scipy 1.17.1")
    assert told["Digest of the labels"] == f"{'ab' * 32}, 900 rows"


def test_words_and_incidents_that_are_over_stay_in_it(kit: Kit) -> None:
    opened = seed.incident(kit, "price-001", 1, Kind.TECHNICAL, "latency", "p95 was 640 ms.", state=State.RESOLVED)
    with kit.store.transaction() as change:
        version = change.versions.find(model="price-001", number=1)
        assert version is not None
        word = Signature(
            model="price-001", version=version.digest, environment="prod", side=Side.IT, person=seed.IVO, accepted=False,
            reason="The p95 is too high.", binding="b" * 64, seen={}, at=seed.NOW,
        )  # fmt: skip
        change.signatures.add(word)
    found = made(kit, "price-001", 1)
    assert f"{opened.id} | prod | p95 was 640 ms. | resolved" in cells(found, "incidents")
    assert "prod | IT | ivo@example.com | refused | The p95 is too high." in cells(found, "acceptance")


def test_it_says_how_far_the_journal_went(kit: Kit) -> None:
    found = made(kit, "late-flights", 2)
    with kit.store.reading() as look:
        verified = look.journal.verify()
    assert (found.entries, found.head) == (verified.entries, verified.head)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Card) == found
