"""What every gate promises. A new file in the folder is found and held to it."""

import pkgutil
from importlib import import_module
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain import specimens

from lamplighter import gates
from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import Inapplicable, Passed, Refused, Undecided
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.project_file import read_project
from lamplighter.domain.robustness import checks_of
from lamplighter.domain.version import Badge
from lamplighter.gates.base import Judging
from lamplighter.plugins import names

NAMES = sorted(module.name for module in pkgutil.iter_modules(gates.__path__) if module.name != "base")
#: What each gate needs to see before it may pass: a kind of evidence, or something else of the dossier.
EVIDENCE = {
    "data_checks": "data-checks", "load_check": "load-check", "parity": "parity", "performance": "performance",
    "challenger": "selection", "shadow": "shadow", "consumers": "replay", "robustness": "robustness",
    "fairness": "fairness",
}  # fmt: skip
OTHERWISE = {"acceptance", "brief", "checklist", "contract", "formats", "order", "ownership", "review", "sandbox", "sources",
             "validation", "vulnerabilities"}  # fmt: skip

#: A project that promises something to protected groups.
PROTECTED = specimens.project(
    specimens.PROJECT.replace(
        '[fairness]\nnone = "It judges flights, and treats all people on one alike."\n',
        '[[fairness.criterion]]\ncolumn = "sex"\nmetric = "demographic_parity_ratio"\nbound = 0.8\n',
    )
)

#: What the platform signs when version 1 takes the place of what is live.
SIGNED = specimens.sealed(specimens.selection())

each = pytest.mark.parametrize("name", NAMES)


def kind(name: str) -> type[Any]:
    found: type[Any] = import_module(f"lamplighter.gates.{name}").Gate
    return found


def gate(name: str, **chosen: Any) -> Judging:
    """The gate as a policy makes it."""
    made: Judging = msgspec.convert(chosen, kind(name), strict=True)
    return made


def silent() -> Dossier:
    """A dossier in which nobody says anything: no project beyond its name, no evidence, no signature, something live."""
    bare = read_project('[model]\nname = "late-flights"\n')
    nobody = ownership_of(bare, {}, {}, None)
    live = specimens.version(1, contract=msgspec.structs.replace(specimens.contract(), inputs=()))
    dangerous = specimens.version(2, runtime="python", artifacts=(specimens.artifact(badge=Badge.CODE),))
    return specimens.dossier(
        project=bare,
        ownership=nobody,
        approvals=tuple(Side),
        live=live,
        version=dangerous,
        unreviewed=(specimens.emergency(),),
    )


def test_every_file_is_a_gate_and_is_tried() -> None:
    assert set(NAMES) == set(EVIDENCE) | OTHERWISE
    assert set(names("gates")) == set(NAMES)


@each
def test_every_setting_has_a_default_and_none_can_be_changed(name: str) -> None:
    made = gate(name)
    assert made == gate(name)
    for field in kind(name).__struct_fields__:
        with pytest.raises(AttributeError):
            setattr(made, field, None)


@each
def test_an_unknown_setting_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="`leastrows`"):
        gate(name, leastrows=5)


@each
def test_a_setting_of_the_wrong_type_is_refused_with_its_name(name: str) -> None:
    for field in kind(name).__struct_fields__:
        with pytest.raises(msgspec.ValidationError, match=rf"\$\.{field}"):
            gate(name, **{field: {"not": "this"}})


@each
def test_where_nothing_is_known_nothing_passes(name: str) -> None:
    chosen = {"needed": True} if name in ("challenger", "validation", "vulnerabilities") else {}
    verdict = gate(name, **chosen).judge(silent())
    assert isinstance(verdict, Refused | Undecided)
    assert verdict.why.endswith(".")
    assert verdict.fix


@pytest.mark.parametrize("name", EVIDENCE)
def test_without_its_evidence_a_gate_is_undecided_and_waits_for_nobody(name: str) -> None:
    chosen = {"needed": True} if name in ("challenger", "validation") else {}
    verdict = gate(name, **chosen).judge(specimens.dossier(live=specimens.version(6), project=PROTECTED))
    assert isinstance(verdict, Undecided)
    assert not verdict.waiting


#: What a client may have sent: whatever JSON holds.
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from(["", "nan", "challenger-wins"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["brier", "auc", "value", "n", ""]), inner),
    max_leaves=6,
)
FIELDS = (
    "rows", "checks", "failed", "passed", "latency_ms", "size_mb", "largest_difference", "changed_decisions", "figures",
    "verdict", "metric", "difference", "against_version", "requests", "failures", "up", "down", "mean_size", "mean_square",
    "unit", "stressed", "expectations", "held_out", "favourable", "unmeasured",
)  # fmt: skip
FACTS = st.dictionaries(st.sampled_from(FIELDS), JSON)


@each
@given(facts=FACTS)
@settings(max_examples=20)
def test_whatever_the_evidence_holds_a_gate_gives_one_and_the_same_verdict(name: str, facts: dict[str, Any]) -> None:
    kind_of = EVIDENCE.get(name, "parity")
    held = specimens.dossier(
        evidence={kind_of: Evidence(version="v", kind=kind_of, facts=facts, author="a", at=1)},
        live=specimens.version(6),
        project=PROTECTED,
    )
    made = gate(name)
    verdict = made.judge(held)
    assert isinstance(verdict, Passed | Refused | Undecided | Inapplicable)
    assert verdict == made.judge(held) == gate(name).judge(held)
    assert verdict.why
    assert isinstance(verdict, Passed | Inapplicable) or verdict.fix


SMALL = {"value": 0.0, "low": 0.0, "high": 0.01, "n": 5000}
NONSENSE: list[Any] = [None, float("nan"), float("inf"), -float("inf"), True, "1", [], {}, -1]
GOOD: dict[str, dict[str, Any]] = {
    "data_checks": {"rows": 5000, "checks": 31, "failed": []},
    "load_check": {"passed": True, "latency_ms": 0.5, "size_mb": 1.25},
    "parity": {"rows": 5000, "largest_difference": 1e-9, "changed_decisions": 0},
    "shadow": {
        "against_version": specimens.version(1).digest,
        "rows": 5000,
        "requests": 5000,
        "failures": 0,
        "up": 3,
        "down": 4,
        "mean_size": 0.001,
        "mean_square": 0.00001,
    },
    "robustness": {
        "rows": 5000,
        "unit": 1.0,
        "stressed": [
            {"check": check, "input": name, "flips": SMALL, "shift": SMALL, "largest": 0.0 if check == "row-order" else 0.1}
            for check, name in checks_of(specimens.contract())
        ],
    },
    "fairness": {
        "rows": 5000,
        "held_out": True,
        "favourable": "1",
        "figures": [
            {
                "column": "sex",
                "metric": "demographic_parity_ratio",
                "value": 0.9,
                "low": 0.85,
                "high": 0.95,
                "n": 400,
                "smallest": "f",
                "groups": [{"name": name, "rows": 2500, "favoured": 900} for name in "fm"],
            }
        ],
    },
    "challenger": msgspec.to_builtins(SIGNED),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_figure_that_is_none_never_passes(name: str) -> None:
    decisive = {"data_checks": ["rows", "failed"], "parity": list(GOOD["parity"]), "load_check": list(GOOD["load_check"]),
                "challenger": list(GOOD["challenger"]), "shadow": list(GOOD["shadow"]), "robustness": ["rows", "stressed"],
                "fairness": ["figures"]}  # fmt: skip

    def verdict(facts: dict[str, Any]) -> object:
        evidence = Evidence(version="v", kind=EVIDENCE[name], facts=facts, author="a", at=1)
        known = {"live": specimens.version(6), "project": PROTECTED, "sealer": SIGNED.keyid}
        held = specimens.dossier(evidence={EVIDENCE[name]: evidence}, **known)
        return gate(name).judge(held)

    assert verdict(GOOD[name])
    for field in decisive[name]:
        assert not verdict({other: value for other, value in GOOD[name].items() if other != field})
        for nonsense in NONSENSE:
            lawful = (field, nonsense) in (("passed", True), ("failed", []))
            assert bool(verdict({**GOOD[name], field: nonsense})) == lawful, (field, nonsense)
