"""A rule book applied to a history that the platform has really been through: nothing of it is written by the tests."""

from collections.abc import Iterator

import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import finding, found
from tests.sdk import models

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Invalid
from lamplighter.domain.monitor import Kind
from lamplighter.domain.rollout import Phase
from lamplighter.domain.simulation import Release, Simulation
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts

MILD, STRICT = "mild-trains", "strict-trains"
HOUR = 3600
#: The tier of the mild model asks for a word of the business, and whether the model is any good.
HEAD, OWNERSHIP = "[tier.levels.production]\n", 'gates = [\n  { use = "ownership", deputies = false },\n'
STRICTER = (f"{HEAD}{OWNERSHIP}", f'{HEAD}approvals = ["business"]\n{OWNERSHIP}  {{ use = "performance" }},\n')


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Two good releases, one bad one that nobody asked about, one that waited for people, and one that was refused."""
    with lived(tmp_path_factory.mktemp("history") / "home") as life:
        quick = {"prod": {"rollout": {"steps": [50, 100], "each": "0s", "least_requests": 0}}}
        mild = models.project(MILD, requirement=[{"metric": "auc", "operator": ">=", "bound": 0.6}], env=quick)
        life.live(life.version(mild))
        bad = life.version(mild, blind=True)
        life.live(bad)
        found(life, finding(bad, Kind.FUNCTIONAL))
        waited(life)
        waived(life, life.version(mild, threshold=0.6), let_in=True)
        waived(life, life.version(mild, threshold=0.7), let_in=False)
        assert life["dana"].deploy(life.version(models.critical(STRICT), blind=True).name, "staging").rollout is None
        yield life


def waited(life: Life) -> None:
    """A release of the strict model: two hours for the word of the business, three for that of IT."""
    version = life.version(models.critical(STRICT))
    for environment in ("dev", "staging"):
        life.live(version, environment)
    rollout = life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    life.clock.forward(2 * HOUR)
    life["bea"].sign(version.name, "prod", Side.BUSINESS, True)
    life.clock.forward(HOUR)
    life["ines"].sign(version.name, "prod", Side.IT, True)
    life.reached(rollout, Phase.COMPLETED)


def waived(life: Life, version: Version, *, let_in: bool) -> None:
    """A gate says no and somebody takes that on: the version goes live on it and the waiver ends, or nobody asks again."""
    failed = Facts(kind="data-checks", facts={"rows": 1200, "checks": 7, "failed": ["load is always empty"]})
    life["dana"].add_evidence(version.name, failed)
    assert life["dana"].deploy(version.name, "staging").rollout is None
    given = life["rita"].waive(version.name, "staging", "data_checks", 30, "It is empty by nature.")
    if let_in:
        life.live(version, "staging")
        life["rita"].end_waiver(given.id, "The desk has no hands left.")
        with life.kit.store.reading() as look:
            first = look.versions.find(model=version.model, number=1)
        assert first is not None
        life.live(first, "staging")
        life.look_until(lambda: life["rita"].waiver(given.id).settled_at)


def book(*changes: tuple[str, str]) -> str:
    text = specimens.starter_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def simulated(life: Life, *changes: tuple[str, str]) -> Simulation:
    return life["rita"].simulate_policy(book(*changes))


def release(simulation: Simulation, model: str, number: int, environment: str = "prod") -> Release:
    (one,) = [r for r in simulation.releases if (r.model, r.number, r.environment) == (model, number, environment)]
    return one


def test_under_the_same_rule_book_every_release_is_as_it_was(life: Life) -> None:
    same = simulated(life)
    assert (same.newly_blocked, same.newly_let_in, same.added_approvals, same.added_waiting, same.avoided) == (
        (),
        (),
        0,
        0.0,
        (),
    )
    told = [(r.model, r.number, r.environment, bool(r.after.blocked), r.after.sides) for r in same.releases]
    assert sorted(told) == [
        (MILD, 1, "prod", False, ()),
        (MILD, 1, "staging", False, ()),
        (MILD, 2, "prod", False, ()),
        (MILD, 3, "staging", False, ()),
        (MILD, 4, "staging", True, ()),
        (STRICT, 1, "dev", False, ()),
        (STRICT, 1, "prod", False, ("business", "it")),
        (STRICT, 1, "staging", False, ()),
        (STRICT, 2, "staging", True, ()),
    ]
    assert release(same, STRICT, 2, "staging").after.blocked.keys() == {"order", "performance"}


def test_a_stricter_one_blocks_the_bad_release_and_avoids_its_incident(life: Life) -> None:
    stricter = simulated(life, STRICTER)
    assert [(r.model, r.number) for r in stricter.newly_blocked] == [(MILD, 2)]
    bad = release(stricter, MILD, 2)
    assert bad.before.blocked == {}
    assert "wanted auc >= 0.6" in bad.after.blocked["performance"]
    assert stricter.avoided == bad.avoided == bad.incidents == ("I-1",)


def test_an_item_that_matters_more_blocks_what_it_is_open_for(life: Life) -> None:
    item = 'written down."\nseverity = "{}"\ncheck = "limitations"'
    stricter = simulated(life, (item.format("medium"), item.format("critical")))
    asked = [r for r in stricter.releases if r.after.blocked.keys() - r.before.blocked.keys()]
    assert {(r.model, r.environment) for r in asked} == {(MILD, "prod"), (STRICT, "staging"), (STRICT, "prod")}
    assert all(
        r.after.blocked["checklist"].startswith("Open above ") and "limitations (critical)" in r.after.blocked["checklist"]
        for r in asked
    )


def test_it_counts_the_words_it_adds_and_how_long_such_words_took(life: Life) -> None:
    stricter = simulated(life, STRICTER)
    good = release(stricter, MILD, 1)
    assert (good.before.sides, good.after.sides, good.added) == ((), ("business",), ("business",))
    assert good.added_waiting == pytest.approx(2 * HOUR, abs=60)
    assert release(stricter, MILD, 2).added == (), "what is blocked waits for nobody"
    assert stricter.added_approvals == 1
    assert stricter.added_waiting == pytest.approx(2 * HOUR, abs=60)
    assert {side: count for side, (count, _) in stricter.words.items()} == {"business": 1, "it": 1}


def test_words_that_nobody_ever_waited_for_are_not_guessed(life: Life) -> None:
    risk = (STRICTER[0], STRICTER[1].replace('["business"]', '["risk"]'))
    simulation = simulated(life, risk)
    assert release(simulation, MILD, 1).added_waiting is None
    assert (simulation.unknown_waiting, simulation.added_waiting) == (1, 0.0)


def test_a_milder_one_lets_in_what_was_refused_and_saves_the_waiting(life: Life) -> None:
    acceptance = "[tier.levels.acceptance]\ngates = [\n"
    text = specimens.starter_text()
    start = text.rindex(acceptance)
    text = text[:start] + text[start:].replace('  { use = "order" },\n', "", 1).replace('  { use = "performance" },\n', "", 1)
    text = text.replace('approvals = ["business", "it"]\n', 'approvals = ["business"]\n')
    milder = life["rita"].simulate_policy(text)
    assert [(r.model, r.number, r.environment) for r in milder.newly_let_in] == [(STRICT, 2, "staging")]
    assert release(milder, STRICT, 1).dropped == ("it",)
    assert release(milder, STRICT, 1).added_waiting == pytest.approx(-HOUR, abs=60)


def test_another_tier_for_the_same_answers_moves_every_release_of_the_model(life: Life) -> None:
    stricter = simulated(
        life, ('name = "everything-else"\ntier = "internal"', 'name = "everything-else"\ntier = "mission-critical"')
    )
    moved = release(stricter, MILD, 1)
    assert (moved.before.tier, moved.after.tier) == ("internal", "mission-critical")
    assert "order" in moved.after.blocked, "it went straight into production"


def test_two_rule_books_are_compared_with_each_other(life: Life) -> None:
    text = book(STRICTER)
    same = life["rita"].simulate_policy(text, against=text)
    assert (same.newly_blocked, same.added_approvals) == ((), 0)
    assert release(same, MILD, 2).before.blocked.keys() == {"performance"}


def test_what_was_said_then_counts_where_the_rules_are_the_same(life: Life) -> None:
    """By the project of today no version would be good enough."""
    life["dana"].save_project(STRICT, models.critical(STRICT, requirement=[{"metric": "auc", "operator": ">=", "bound": 0.99}]))
    assert release(simulated(life), STRICT, 1).before.blocked == {}
    life["dana"].save_project(STRICT, models.critical(STRICT))


def test_it_changes_nothing(life: Life) -> None:
    def kept() -> tuple[object, ...]:
        with life.kit.store.reading() as look:
            return look.journal.verify(), len(look.decisions.all()), len(look.policies.all()), look.rollouts.all()

    before, policy = kept(), life.kit.policy
    simulated(life, STRICTER)
    assert kept() == before
    assert life.kit.policy is policy


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            ('{ use = "performance" }', '{ use = "perfomance" }'),
            "Line {line}: mission-critical at acceptance: There is no",
        ),
        (
            ('{ use = "order" }', '{ use = "order", late = 1 }'),
            "Line {line}: mission-critical at acceptance: The policy file is not valid. Gate order:",
        ),
        (('escalate_after = "15m"', 'escalate_after = "soon"'), "Line {line}: escalate_after of mission-critical: "),
        (('approvals = ["business", "it"]', 'approvals = ["busines"]'), "Line {line}: Invalid enum value 'busines'"),
        (('summary = "Serves customers', 'sumary = "Serves customers'), "Line {line}: Object contains unknown field `sumary`"),
        (
            ('gates = ["data_checks", "load_check", "performance"', 'gates = ["fairnes"'),
            "Line {line}: waivers of mission-critical",
        ),
        (('why = "A wrong answer costs much and cannot be undone."', "why = yes"), "line {line}"),
    ],
)
def test_a_rule_book_that_does_not_read_is_refused_with_its_line(life: Life, change: tuple[str, str], why: str) -> None:
    text = book(change)
    line = 1 + text[: text.index(change[1])].count("\n")
    with pytest.raises(Invalid) as refused:
        life["rita"].simulate_policy(text)
    assert why.format(line=line) in refused.value.why
    assert refused.value.fix
