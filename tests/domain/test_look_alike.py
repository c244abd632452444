"""What makes a retrain plain, which releases look alike, and which of a kind stands apart."""

from typing import Any

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.calibration import Calibration
from lamplighter.domain.decision import Inapplicable, Judgement, Passed, Undecided, Verdict, Waived
from lamplighter.domain.errors import Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.look_alike import Asked, LookAlikes, definition, groups, in_the_way
from lamplighter.domain.look_alike_rule import LookAlikeRule, check_look_alikes
from lamplighter.domain.retrained import Compared, Retrained, retrained
from lamplighter.domain.version import DecisionRule, Elsewhere, Lock, Manifest, Provenance, Version

COMMIT = "c" * 40
RULES = {"internal": LookAlikeRule()}


def version(number: int, commit: str = COMMIT, **changes: Any) -> Version:
    return specimens.version(number, provenance=Provenance(commit=commit, seed=number), **changes)


def facts(of: Version, value: float = 0.7, **more: Any) -> Evidence:
    figures = {"": {"auc": {"value": value}}, "carrier = AA": {"auc": {"value": 0.6}}}
    return Evidence(version=of.digest, kind="performance", facts={"figures": figures, **more}, author=specimens.ADA, at=1)


def between(candidate: Version, value: float = 0.7, **more: Any) -> Retrained:
    live = version(1)
    return retrained(live, candidate, facts(live), facts(candidate, value, **more))


def test_a_plain_retrain_differs_in_data_and_parameters_only() -> None:
    wider = msgspec.structs.replace(specimens.contract().inputs[0], low=-3.0, high=400.0)
    contract = msgspec.structs.replace(specimens.contract(), inputs=(wider, specimens.contract().inputs[1]))
    artifact = msgspec.structs.replace(specimens.artifact(), digest="cd" * 32, size=9)
    found = between(version(2, contract=contract, artifacts=(artifact,)), 0.721)
    assert found.differs == ()
    assert [(one.name, round(one.change, 3)) for one in found.figures] == [("auc", 0.03), ("auc where carrier = AA", 0.0)]
    assert found.outside(0.05) == ()
    assert [one.name for one in found.outside(0.02)] == ["auc"], "what is too good is looked at as well"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"runtime": "python"}, "Its runtime was compiled, and is python."),
        ({"lock": Lock(python="3.12")}, "Its Python or its packages are others."),
        ({"decision": DecisionRule(threshold=0.6)}, "Its threshold was 0.5, and is 0.6."),
        (
            {"calibration": Calibration(intercept=-1.0, slope=0.5)},
            "Its scores were not calibrated, and are calibrated (intercept -1.000, slope 0.500).",
        ),
        ({"elsewhere": Elsewhere(at="the cloud")}, "It runs elsewhere, so nothing here has opened it."),
        ({"commit": "d" * 40}, "Its training code was cccccccccccc, and is dddddddddddd."),
        ({"commit": ""}, "It names no commit of its training code, so nobody can say that the code is the same."),
        (
            {"commit": f"{COMMIT}-dirty"},
            "It names no commit of its training code, so nobody can say that the code is the same.",
        ),
        ({"artifacts": (specimens.artifact(), specimens.artifact("source"))}, "The code that it runs is another one."),
        ({"contract": msgspec.structs.replace(specimens.contract(), inputs=())}, "Its inputs or its output are others."),
    ],
)
def test_whatever_is_more_than_that_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in between(version(2, **changes)).differs


def test_what_nobody_measured_alike_is_no_plain_retrain() -> None:
    live, candidate = version(1), version(2)
    assert retrained(None, candidate, None, None).differs == ("Nothing is live there that it would replace.",)
    assert retrained(live, candidate, None, facts(candidate)).differs == ("Figures of quality of both versions are not known.",)
    other = Evidence(version="v", kind="performance", facts={"figures": {"": {"auc": {"value": 0.7}}}}, author="", at=1)
    lost = "auc where carrier = AA was measured of the version before and not of this one."
    assert retrained(live, candidate, facts(live), other).differs == (lost,)
    held = "One was measured on rows that were held out, the other on rows it learned from."
    assert between(candidate, held_out=True).differs == (held,)


def test_a_figure_that_moved_from_nothing_is_outside_of_every_bound() -> None:
    assert Retrained(differs=(), figures=(Compared(name="bias", before=0.0, after=0.001),)).outside(0.5)
    assert Compared(name="bias", before=0.0, after=0.0).change == 0.0


def test_gates_that_passed_by_themselves_are_in_nobodys_way() -> None:
    said: dict[str, Verdict] = {
        "parity": Passed(),
        "fairness": Inapplicable(why="Nobody is judged."),
        "acceptance": Undecided(why="", fix="", waiting=True),
        "data_checks": Waived(why="", waiver="W-1", found="", until=1),
        "consumers": Undecided(why="", fix="", waiting=True),
    }
    judgements = [Judgement(gate=gate, verdict=verdict) for gate, verdict in said.items()]
    assert in_the_way(judgements) == ("The gate data_checks is waived.", "The gate consumers is undecided.")


def asked(name: str, change: float = 0.0, **more: Any) -> Asked:
    figures = (Compared(name="auc", before=0.7, after=0.7 * (1 + change)),)
    whole = Asked(
        rollout=f"R-{name}", model=name, number=2, version="v", environment="prod", replaces=1, tier="internal", binding="b",
        judged_at=1, sides=("business",), definition="d", figures=figures,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


def grouped(*asked: Asked) -> tuple[LookAlikes, ...]:
    return groups(asked, RULES)


def test_what_asks_something_else_is_in_no_group() -> None:
    others = [
        asked("c", environment="uat"), asked("d", sides=("it",)), asked("e", definition="other"), asked("f", sides=()),
        asked("g", differs=("Its threshold was 0.5, and is 0.6.",)),
    ]  # fmt: skip
    (group,) = grouped(asked("a"), asked("b"), *others)
    assert [one.model for one in group.members] == ["a", "b"]
    assert grouped(asked("a"), *others) == ()


def test_what_moved_further_than_the_bound_stands_apart_furthest_first() -> None:
    (group,) = grouped(asked("a"), asked("b", 0.01), asked("c", 0.06), asked("d", -0.2))
    assert [one.model for one in group.apart] == ["d", "c"]
    assert group.apart[0].apart == "auc moved from 0.7 to 0.56 (-20.0%), more than 5 %."
    (spread,) = group.spread
    assert (round(spread.low, 6), round(spread.middle, 6), round(spread.high, 6)) == (0.0, 0.005, 0.01)
    assert grouped(asked("a"), asked("c", 0.06)) == (), "one alone is no group"


def test_within_the_bound_what_is_far_from_the_rest_stands_apart_too() -> None:
    near = [asked(name, 0.001 * place) for place, name in enumerate("abcdef")]
    (group,) = grouped(*near, asked("g", -0.045))
    assert [one.model for one in group.apart] == ["g"]
    assert group.apart[0].apart == "auc moved from 0.7 to 0.6685 (-4.5%), where the others moved by +0.20%."
    (even,) = grouped(*(asked(name, 0.02 * (place % 2)) for place, name in enumerate("abcdef")))
    assert even.apart == ()


def test_the_same_question_has_the_same_key_and_another_one_another() -> None:
    (first,), (again,), (later,) = (
        grouped(asked("a"), asked("b")), grouped(asked("b"), asked("a"), asked("c")),
        grouped(asked("a", sides=("it",)), asked("b", sides=("it",))),
    )  # fmt: skip
    assert first.key == again.key != later.key


def test_a_definition_is_a_project_but_for_its_name() -> None:
    project, manifest = specimens.project(), version(1).manifest
    twin = specimens.project(specimens.PROJECT.replace('name = "late-flights"', 'name = "late-trains"'))
    other = specimens.project(specimens.PROJECT.replace("bound = 0.58", "bound = 0.6"))
    renamed: Manifest = msgspec.structs.replace(manifest, model="late-trains", provenance=Provenance(commit="d" * 40))
    assert definition(project, manifest) == definition(twin, renamed)
    assert definition(project, manifest) != definition(other, manifest)


@pytest.mark.parametrize("within", [0.0, -0.1, 0.51, float("nan")])
def test_a_bound_that_is_none_is_refused(within: float) -> None:
    with pytest.raises(Invalid) as refusal:
        check_look_alikes(LookAlikeRule(within=within), critical=False)
    assert refusal.value.code == "E1294"
