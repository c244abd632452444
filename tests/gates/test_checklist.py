"""The checklist: each check both ways, what the limit lets be open, and what is told of the rest."""

from typing import Any

import pytest
from tests.domain import specimens

from lamplighter.domain.checklist import Check, Item, Severity
from lamplighter.domain.decision import Passed, Refused, Undecided
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.version import Elsewhere, Lock, Provenance
from lamplighter.gates.checklist import Gate

AWAY = Elsewhere(at="https://trains.example")


def dossier(text: str = "", evidence: dict[str, Any] | None = None, **manifest: Any) -> Dossier:
    """A project of a name and nothing else, with these lines, evidence and fields of the manifest."""
    project = specimens.project(f'[model]\nname = "late-flights"\n{text}')
    return specimens.dossier(project=project, version=specimens.version(**manifest), evidence=evidence or {})


def evaluated(rows: int = 1000, *, held_out: bool = True) -> dict[str, Any]:
    facts: dict[str, Any] = {"digest": "ab" * 32, "rows": rows, "held_out": held_out, "kept": rows, "scores": "cd" * 32}
    return {"evidence": {"evaluation": specimens.evidence("evaluation", **facts)}}


def owners(text: str) -> str:
    stages = "\n".join(f'{stage} = "ada@example.com"' for stage in ("industrialization", "deployment", "management"))
    return f"[owners]\n{stages}\n{text}"


REQUIREMENT = '[[requirement]]\nmetric = "auc"\noperator = ">="\nbound = 0.6\n'
SLICED = '[monitor]\nslices = ["origin"]\n'
#: What closes an item of each check, and the nearest thing to it that does not.
BOTH: dict[Check, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    Check.SUMMARY: ([{"text": 'summary = "It warns."'}], [{"text": 'summary = " "'}, {}]),
    Check.LIMITATIONS: ([{"text": 'limitations = ["Winter."]'}], [{"text": 'limitations = [""]'}, {}]),
    Check.LICENCE: (
        [{"text": 'licence = "CC0-1.0"'}, {"provenance": Provenance(licence="MIT")}],
        [{"provenance": Provenance()}],
    ),
    Check.SUCCESS: (
        [{"text": '[problem]\nsuccess = { metric = "brier", operator = "<=", bound = 0.2 }'}],
        [{"text": '[problem]\nstatement = "Gate desks learn of it too late."'}],
    ),
    Check.REQUIREMENTS: ([{"text": REQUIREMENT}], [{}]),
    Check.SLICES: (
        [{}, {"text": f"{REQUIREMENT}slice = \"origin = 'EWR'\"\n{SLICED}"}],
        [{"text": SLICED}, {"text": REQUIREMENT + SLICED}, {"text": f"{REQUIREMENT}slice = \"dest = 'ORD'\"\n{SLICED}"}],
    ),
    Check.FAIRNESS: (
        [
            {"text": '[fairness]\nnone = "It judges flights."'},
            {"text": '[[fairness.criterion]]\ncolumn = "sex"\nmetric = "demographic_parity_ratio"\nbound = 0.8\n'},
        ],
        [{}],
    ),
    Check.CASES: ([{"text": '[[uat.case]]\nname = "calm"\ninputs = { dep_delay = 1.0 }\nexpect = 0\n'}], [{}]),
    Check.BUSINESS_OWNER: ([{"text": '[owners]\nbusiness = "bea@example.com"'}], [{"text": owners("")}]),
    Check.DEPUTIES: (
        [
            {"text": owners('design = "ada@example.com"\nmonitoring = "ada@example.com"\ndeputy = "milo@example.com"')},
            {
                "text": "[owners]\n"
                + "\n".join(
                    f'{stage} = {{ first = "ada@example.com", deputy = "milo@example.com" }}'
                    for stage in ("design", "industrialization", "deployment", "management")
                )
                + '\nmonitoring = "@it-ops"'
            },
        ],
        [
            {"text": owners('design = "ada@example.com"\nmonitoring = "@it-ops"')},
            {"text": owners('design = "ada@example.com"\ndeputy = "milo@example.com"')},
        ],
    ),
    Check.FRESHNESS: (
        [{"text": '[[source]]\nname = "schedule"\nfreshness = "1d"\n'}],
        [{}, {"text": '[[source]]\nname = "a"\nfreshness = "1d"\n[[source]]\nname = "b"\n'}],
    ),
    Check.LABELS: (
        [{"text": '[monitor]\nlabels = { from = "warehouse.arrivals" }'}],
        [{"text": '[monitor]\nlabels = { expected_after = "2d" }'}],
    ),
    Check.QUALITY_LIMIT: (
        [{"text": '[monitor]\nquality = { metric = "brier", limit = 0.0 }'}],
        [{"text": '[monitor]\nquality = { metric = "brier" }'}],
    ),
    Check.RUNBOOK: ([{"text": '[monitor]\nrunbook = "Call the desk."'}], [{"text": '[monitor]\nrunbook = " "'}]),
    Check.FALLBACK: (
        [{"text": '[outage]\nanswer = "constant"\nvalue = 0.0'}, {"elsewhere": Elsewhere(at=AWAY.at, back="Ask them.")}],
        [{}, {"text": '[outage]\nanswer = "fail"'}, {"elsewhere": AWAY}],
    ),
    Check.EVALUATION_ROWS: (
        [evaluated(1000)],
        [evaluated(999), {}, evaluated(True), {"evidence": {"evaluation": specimens.evidence("evaluation")}}],
    ),
    Check.HELD_OUT: ([evaluated()], [evaluated(held_out=False), {}]),
    Check.LOCK: ([{"lock": Lock(python="3.11")}, {"elsewhere": AWAY}], [{}]),
    Check.COMMIT: ([{"provenance": Provenance(commit="ab12")}], [{"provenance": Provenance(commit="ab12-dirty")}, {}]),
    Check.TRAINING_DATA: ([{"provenance": Provenance(data_digest="ab" * 32)}], [{}]),
}  # fmt: skip


def item(check: Check, severity: Severity = Severity.HIGH) -> Item:
    least = 1000 if check is Check.EVALUATION_ROWS else 0
    return Item(name=f"the-{check}", sentence=f"{check} is there.", severity=severity, check=check, least=least)


@pytest.mark.parametrize("check", Check)
def test_each_check_says_what_is_and_what_is_not_there(check: Check) -> None:
    closed, opened = BOTH[check]
    gate = Gate(items=(item(check),))
    for there in closed:
        assert gate.judge(dossier(**there)) == Passed(why="1 of 1 items are closed."), there
    for lacking in opened:
        said = gate.judge(dossier(**lacking))
        assert isinstance(said, Refused), lacking
        assert said.why == f"Open above medium: the-{check} (high): {check} is there."
        assert said.fix.startswith(f"the-{check}: ")
        assert "{" not in said.fix


ITEMS = (
    item(Check.LICENCE, Severity.LOW),
    item(Check.LABELS, Severity.MEDIUM),
    item(Check.EVALUATION_ROWS, Severity.HIGH),
    item(Check.SUMMARY, Severity.CRITICAL),
    item(Check.SLICES, Severity.CRITICAL),
)


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        (Severity.LOW, ["summary", "evaluation-rows", "labels"]),
        (Severity.MEDIUM, ["summary", "evaluation-rows"]),
        (Severity.HIGH, ["summary"]),
    ],
)
def test_what_matters_more_than_the_limit_is_named_and_the_rest_is_mentioned(limit: Severity, named: list[str]) -> None:
    said = Gate(limit=limit, items=ITEMS).judge(dossier())
    assert isinstance(said, Refused)
    allowed = [one for one in ("evaluation-rows", "labels", "licence") if one not in named]
    weights = {str(one.check): one.severity for one in ITEMS}
    told = "; ".join(f"the-{one} ({weights[one]}): {one} is there" for one in named)
    assert said.why == f"Open above {limit}: {told}."
    mentioned = ", ".join(f"the-{one} ({weights[one]})" for one in allowed)
    assert said.fix.endswith(f" Open as well, and allowed here: {mentioned}.")


def test_at_the_highest_limit_nothing_blocks_and_everything_open_is_mentioned() -> None:
    assert Gate(limit=Severity.CRITICAL, items=ITEMS).judge(dossier()) == Passed(
        why="1 of 5 items are closed; open, and not above critical: the-summary (critical), the-evaluation-rows (high),"
        " the-labels (medium), the-licence (low)."
    )


def test_closing_what_may_stay_open_leaves_the_words_that_a_waiver_covers() -> None:
    before, after = (Gate(items=ITEMS).judge(dossier(text)) for text in ("", 'licence = "MIT"'))
    assert isinstance(before, Refused)
    assert isinstance(after, Refused)
    assert before.why == after.why
    assert before.fix != after.fix


def test_without_items_nothing_passes() -> None:
    assert isinstance(Gate().judge(dossier()), Undecided)
