"""Each gate by example: passed, refused and undecided, with every word it says."""

from typing import Any

import msgspec
import pytest
from tests.domain import specimens
from tests.domain.specimens import evidence

from lamplighter.domain.challenge import Verdict as End
from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.decision import Inapplicable, Passed, Refused, Undecided, Verdict
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.sandbox import Level as Closed
from lamplighter.domain.sandbox import Sandbox
from lamplighter.domain.selection import Held, Selection
from lamplighter.domain.version import EXTERNAL, Badge, DecisionRule, Elsewhere
from lamplighter.domain.vulnerability import Exposure, Vulnerability, Weight
from lamplighter.domain.window import DAY
from lamplighter.gates import (
    brief,
    challenger,
    contract,
    data_checks,
    fairness,
    formats,
    load_check,
    order,
    ownership,
    parity,
    performance,
    review,
    robustness,
    sandbox,
    shadow,
    sources,
    vulnerabilities,
)


def known(kind: str, **facts: Any) -> dict[str, Any]:
    return {"evidence": {kind: evidence(kind, **facts)}}


def chosen(made: Selection, content: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Evidence of a selection that the platform of the dossier has signed; `content` replaces something in what was signed."""
    sealed = specimens.sealed(made)
    facts = msgspec.to_builtins(sealed)
    facts["content"] = facts["content"].replace(*content, 1) if content[0] else facts["content"]
    return {"live": LIVE, "sealer": sealed.keyid, **known("selection", **facts)}


def figures(brier: tuple[float, float, float, int], auc: tuple[float, float, float, int]) -> dict[str, Any]:
    parts = {name: dict(zip(("value", "low", "high", "n"), found, strict=True)) for name, found in
             {"brier": brier, "auc": auc}.items()}  # fmt: skip
    return known("performance", figures={"": parts})


def project_without(*lines: str) -> Any:
    text = specimens.PROJECT
    for line in lines:
        assert line in text
        text = text.replace(line, "")
    return specimens.project(text)


NOW = 40 * DAY
NEWER = "Load new ones: lamp admin advisories FILE"


def weak(weight: str, mended: str = "") -> Vulnerability:
    return Vulnerability(package="pillow", version="1.5", advisory="GHSA-1", weight=Weight(weight), mended=mended)


def exposed(*found: Vulnerability) -> dict[str, Any]:
    """Advisories that know what was known ten days ago."""
    return {"exposure": Exposure(packages=7, newest=30 * DAY, found=found)}


def compared(**changes: Any) -> dict[str, Any]:
    facts = {"against_version": LIVE.digest, "rows": 4000, "requests": 4000, "failures": 0, "up": 20, "down": 20,
             "mean_size": 0.01, "mean_square": 0.0002}  # fmt: skip
    return known("shadow", **(facts | changes))


def measured(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "n": 800}


def stressed(
    rows: int = 800,
    carrier: dict[str, Any] | None = {},  # noqa: B006  never changed
    order: float = 0.0,
    broken: tuple[float, float, float] | None = None,
) -> dict[str, Any]:
    """Evidence of a version whose worst input is an unseen carrier."""
    still, worst = measured(0.0, 0.0, 0.01), {"flips": measured(0.12, 0.1, 0.14), "shift": measured(0.08, 0.07, 0.09)}
    found = [
        {"check": "row-order", "flips": still, "shift": still, "largest": order},
        {"check": "missing", "input": "dep_delay", "flips": still, "shift": still},
        {"check": "missing", "input": "carrier", "refused": True},
        *([] if carrier is None else [{"check": "unseen-category", "input": "carrier", **worst, **carrier}]),
    ]
    followed = [{"input": "dep_delay", "expect": "never-falls", "broken": measured(*broken)}] if broken else []
    return known("robustness", rows=rows, unit=1.0, stressed=found, expectations=followed)


def protected(*lines: str) -> Any:
    none = 'none = "It judges flights, and treats all people on one alike."\n'
    assert none in specimens.PROJECT
    return specimens.project(specimens.PROJECT.replace(f"[fairness]\n{none}", "\n".join(lines)))


def treated(value: float, low: float, n: int = 400) -> dict[str, Any]:
    """Evidence of a version that favours men."""
    groups = [{"name": "f", "rows": 400, "favoured": 120}, {"name": "m", "rows": 800, "favoured": 300}]
    figure = {
        "column": "sex", "metric": "demographic_parity_ratio", "value": value, "low": low, "high": 0.9, "n": n, "smallest": "f",
        "groups": groups,
    }  # fmt: skip
    without = [{"column": "sex", "metric": "equal_opportunity_difference", "why": "The rows have no labels."}]
    facts = {"rows": 1200, "held_out": True, "favourable": "1", "figures": [figure], "unmeasured": without}
    return {**known("fairness", **facts), "project": PROTECTED}


UNDECLARED = protected("")
PROTECTED = protected("[[fairness.criterion]]", 'column = "sex"', 'metric = "demographic_parity_ratio"', "bound = 0.8", "")
NARROWER = protected(
    "[[fairness.criterion]]", 'column = "sex"', 'metric = "demographic_parity_ratio"', "bound = 0.8", 'groups = ["f", "x"]', ""
)
OPPORTUNITY = protected(
    "[[fairness.criterion]]", 'column = "sex"', 'metric = "equal_opportunity_difference"', "bound = 0.1", ""
)
MEASURE = "Register the version again with lamp deploy, on rows that hold this column."
MEND = "Train with such rows, put an imputer in front of the model, or let its contract refuse them."
RISING = specimens.project(specimens.PROJECT + '[[expectation]]\ninput = "dep_delay"\nexpect = "never-falls"\nmost = 0.01\n')
ELSEWHERE = specimens.version(runtime=EXTERNAL, elsewhere=Elsewhere(at="the vendor's cloud"))
TRY = "Let it score along with lamp challenge start late-flights@1."
TO_THE_SHADOW = "Let it score along for longer: lamp shadow REF, then lamp shadow REF --evidence."
#: A trial against a version that is not live any more.
OTHER = specimens.selection(live=5, champion_version="b" * 64)
AT_ACCEPTANCE = Environment(name="staging", level=Level.ACCEPTANCE, port=7082)
AT_DEVELOPMENT = Environment(name="dev", level=Level.DEVELOPMENT, port=7081)
LIVE = specimens.version(6)
UNCOMPILED = specimens.version(runtime="python")
LEAKY = Sandbox(level=Closed.PARTIAL, open=("tcp", "udp"))
WIDER = msgspec.structs.replace(
    specimens.contract(), inputs=(*specimens.contract().inputs, Column(name="hour", kind=Kind.INTEGER))
)
OTHER_OUTPUT = msgspec.structs.replace(
    specimens.contract(), output=msgspec.structs.replace(specimens.contract().output, name="delay")
)
NARROW = specimens.project(specimens.PROJECT.replace("bound = 0.58", "bound = 0.58\nslice = \"origin = 'EWR'\""))
WITHOUT_DEPUTIES = specimens.project(
    specimens.PROJECT.replace('deputy = "milo@example.com"\n', "").replace("then =", 'deputy = "milo@example.com", then =')
)

CASES: list[tuple[str, Any, dict[str, Any], Verdict]] = [
    ("brief passes", brief.Gate(), {}, Passed(why="Asked for by bea@example.com.")),
    (
        "brief lacks", brief.Gate(),
        {"project": project_without('statement = "Gate desks learn of late arrivals too late."', 'loss = "large"\n')},
        Refused(
            why="lamp.toml says nothing about problem.statement, impact.loss.", fix="Write problem.statement in lamp.toml."
        ),
    ),
    (
        "review open", review.Gate(), {"unreviewed": (specimens.emergency(),)},
        Undecided(
            why="The review of E-1, which milo@example.com declared, is open; it is due 2026-03-03T13:32:00Z.",
            fix="Ask bea@example.com: lamp approvals review E-1 --note WHAT", waiting=True,
        ),
    ),
    (
        "review in the next emergency", review.Gate(),
        {"unreviewed": (specimens.emergency(),), "emergency": specimens.emergency(id="")},
        Passed(why="E-1 is not reviewed yet; this is an emergency too."),
    ),
    ("review done", review.Gate(), {}, Passed(why="Every emergency is reviewed.")),
    (
        "challenger not needed", challenger.Gate(), {"live": LIVE}, Passed(why="No trial was held, and none is asked for."),
    ),
    (
        "challenger alone", challenger.Gate(needed=True), {},
        Passed(why="Nothing is live there that it could be compared with."),
    ),
    (
        "challenger untried", challenger.Gate(needed=True), {"live": LIVE},
        Undecided(
            why="It was never compared with v6.", fix="Let it score along with lamp challenge start late-flights@1.",
        ),
    ),
    (
        "challenger of another threshold",
        challenger.Gate(needed=True),
        {"live": specimens.version(6, decision=DecisionRule(threshold=0.3))},
        Inapplicable(
            why="It gives the same scores as v6 and decides at another threshold: no figure of scores can tell them apart."
        ),
    ),
    (
        "challenger selected", challenger.Gate(), chosen(specimens.selection(specimens.guardrail())),
        Passed(
            why="C-4 selected it: brier differs by -0.0350 on 4,000 rows. The challenger is better by more than the margin, "
            "beyond chance. It keeps to 1 guardrail."
        ),
    ),
    (
        "challenger lost", challenger.Gate(),
        chosen(specimens.selection(test=specimens.primary(verdict=End.CHAMPION_STAYS, why="It is not better."))),
        Refused(why="C-4 keeps v6, for brier: It is not better.", fix="Keep the live version, or train again."),
    ),
    (
        "challenger flips", challenger.Gate(), chosen(specimens.selection(specimens.guardrail(Held.BROKEN))),
        Refused(
            why="C-4 keeps v6, for flips of ops-dashboard: 120 of 4,000 decisions of ops-dashboard turn (2.49% to 3.58%); "
            "at most 10.00% is allowed.",
            fix="Keep the live version, or train again.",
        ),
    ),
    (
        "challenger left open", challenger.Gate(), chosen(specimens.selection(specimens.guardrail(Held.NOT_ENOUGH_EVIDENCE))),
        Undecided(
            why="C-4 left it open, for flips of ops-dashboard: 120 of 4,000 decisions of ops-dashboard turn (2.49% to 3.58%); "
            "at most 10.00% is allowed.",
            fix="Let another trial run longer: lamp challenge start late-flights@1.",
        ),
    ),
    (
        "challenger unsigned", challenger.Gate(), {**chosen(specimens.selection()), **known("selection", choice="swap")},
        Refused(why="What says that it was selected is not signed by this platform.", fix=TRY),
    ),
    (
        "challenger forged", challenger.Gate(), chosen(specimens.selection(), content=("6", "7")),
        Refused(why="What says that it was selected is not signed by this platform.", fix=TRY),
    ),
    (
        "challenger signed elsewhere", challenger.Gate(), {**chosen(specimens.selection()), "sealer": "ab" * 32},
        Refused(why="What says that it was selected is not signed by this platform.", fix=TRY),
    ),
    (
        "challenger signed where nothing signs", challenger.Gate(), {**chosen(specimens.selection()), "sealer": ""},
        Refused(why="What says that it was selected is not signed by this platform.", fix=TRY),
    ),
    (
        "challenger against another", challenger.Gate(needed=True), chosen(OTHER),
        Undecided(why="C-4 compared late-flights@1 with v5 in prod, not with v6 in prod.", fix=TRY),
    ),
    (
        "challenger elsewhere", challenger.Gate(needed=True), chosen(specimens.selection(environment="dev")),
        Undecided(why="C-4 compared late-flights@1 with v6 in dev, not with v6 in prod.", fix=TRY),
    ),
    (
        "challenger against another and not needed", challenger.Gate(), chosen(OTHER),
        Passed(why="C-4 compared late-flights@1 with v5 in prod, not with v6 in prod, and none is asked for."),
    ),
    (
        "challenger before signatures", challenger.Gate(), {"live": LIVE, **known("challenge", verdict="challenger-wins")},
        Undecided(why="Its trial ended without a signed selection.", fix=TRY),
    ),
    ("contract alone", contract.Gate(), {}, Passed(why="Nothing is live there, so nobody can be broken.")),
    ("contract same", contract.Gate(), {"live": LIVE}, Passed(why="Callers of v6 notice nothing.")),
    (
        "contract breaks", contract.Gate(), {"live": LIVE, "version": specimens.version(7, contract=WIDER)},
        Refused(
            why="The input hour is now needed; that breaks ops-dashboard.",
            fix="Keep the contract of the live version, or give the model another name.",
        ),
    ),
    (
        "contract output", contract.Gate(),
        {
            "live": LIVE, "version": specimens.version(7, contract=OTHER_OUTPUT),
            "project": project_without('[[consumer]]\nname = "ops-dashboard"\n'),
        },
        Refused(
            why="The output has another name, meaning or classes; that breaks whoever calls it.",
            fix="Keep the contract of the live version, or give the model another name.",
        ),
    ),
    (
        "data pass", data_checks.Gate(), known("data-checks", rows=5000, checks=31, failed=[]),
        Passed(why="31 checks passed on 5000 rows."),
    ),
    (
        "data fail", data_checks.Gate(), known("data-checks", rows=5000, checks=31, failed=["hour is null", "x is type"]),
        Refused(why="2 data checks failed, first hour is null.", fix="Repair the data, train again."),
    ),
    (
        "data few", data_checks.Gate(least_rows=1000), known("data-checks", rows=999, checks=31, failed=[]),
        Undecided(why="Only 999 rows were checked, 1000 are needed.", fix="Give a larger sample."),
    ),
    (
        "data none", data_checks.Gate(), {},
        Undecided(why="The data was not checked.", fix="Register the version with lamp deploy, which checks it."),
    ),
    (
        "data silent", data_checks.Gate(), known("data-checks", rows=5000),
        Undecided(why="The evidence does not say which checks failed.", fix="Register the version with lamp deploy."),
    ),
    ("formats pass", formats.Gate(), {}, Passed(why="Badge data.")),
    (
        "formats code", formats.Gate(), {"version": specimens.version(artifacts=(specimens.artifact(badge=Badge.CODE),))},
        Refused(
            why="The artifact model.txt (lightgbm) runs code when it is opened.",
            fix="Save the model in a format without code, such as skops, LightGBM text or ONNX.",
        ),
    ),
    (
        "formats code allowed", formats.Gate(allowed=(Badge.CODE,)),
        {"version": specimens.version(artifacts=(specimens.artifact(badge=Badge.CODE),))}, Passed(why="Badge code."),
    ),
    *(
        (f"vulnerabilities {name}", vulnerabilities.Gate(**settings), {"version": UNCOMPILED, "now": NOW, **known_of}, said)
        for name, settings, known_of, said in (
            ("nowhere told", {}, {}, Inapplicable(why="No advisories are here.")),
            (
                "needed", {"needed": True}, {},
                Undecided(why="No advisories are here, so nobody knows what is wrong with its packages.", fix=NEWER),
            ),
            (
                "told too long ago", {"oldest": "9d"}, exposed(),
                Undecided(why="The advisories know nothing after 31 Jan 1970; wanted is 9d.", fix=NEWER),
            ),
            ("none", {}, exposed(), Passed(why="7 packages, nothing known, as of 31 Jan 1970.")),
            ("light", {}, exposed(weak("low")), Passed(why="7 packages; 1 known, none above moderate, as of 31 Jan 1970.")),
            (
                "heavy", {}, exposed(weak("critical", "2.0"), weak("low")),
                Refused(
                    why="pillow 1.5 has GHSA-1 (critical, mended in 2.0).",
                    fix="Train and register it with pillow>=2.0, or have the gate waived by who may.",
                ),
            ),
            ("heavy but allowed", {"most": "critical"}, exposed(weak("critical")),
             Passed(why="7 packages; 1 known, none above critical, as of 31 Jan 1970.")),
            (
                "unstated", {}, exposed(weak("unstated")),
                Refused(
                    why="pillow 1.5 has GHSA-1 (of unstated weight, mended nowhere).",
                    fix="Nothing mends it yet: leave the package out, or have the gate waived by who may.",
                ),
            ),
            ("unstated and light", {"unstated": "low"}, exposed(weak("unstated")),
             Passed(why="7 packages; 1 known, none above moderate, as of 31 Jan 1970.")),
            ("compiled", {}, {"version": specimens.version(), **exposed(weak("critical"))},
             Inapplicable(why="It is compiled: where it answers none of its packages is loaded.")),
        )
    ),
    ("sandbox compiled", sandbox.Gate(), {}, Passed(why="It is compiled and has no process of its own.")),
    (
        "sandbox full", sandbox.Gate(), {"version": UNCOMPILED, "sandbox": Sandbox(level=Closed.FULL)},
        Passed(why="The sandbox of prod is full."),
    ),
    (
        "sandbox open", sandbox.Gate(), {"version": UNCOMPILED, "sandbox": LEAKY},
        Refused(
            why="The sandbox of prod is partial, open: tcp, udp; wanted is full.",
            fix="Run lamp doctor on its machine, or build the model so that it can be compiled.",
        ),
    ),
    (
        "sandbox open and allowed", sandbox.Gate(least=Closed.PARTIAL), {"version": UNCOMPILED, "sandbox": LEAKY},
        Passed(why="The sandbox of prod is partial."),
    ),
    (
        "sandbox not tried", sandbox.Gate(least=Closed.PARTIAL),
        {"version": UNCOMPILED, "sandbox": Sandbox(level=Closed.NONE, why="it ended.")},
        Refused(
            why="The sandbox of prod is none, not tested: it ended; wanted is partial.",
            fix="Run lamp doctor on its machine, or build the model so that it can be compiled.",
        ),
    ),
    (
        "sandbox unknown", sandbox.Gate(), {"version": UNCOMPILED},
        Undecided(
            why="How closed the sandbox of prod is has not been tested.",
            fix="Serving tests it when it starts: bring any version to prod or to an environment before it.",
        ),
    ),
    (
        "load passes", load_check.Gate(), known("load-check", passed=True, latency_ms=0.5, size_mb=1.25),
        Passed(why="Loads; one row takes 0.50 ms, 1.2 MB."),
    ),
    (
        "load fails", load_check.Gate(), known("load-check", passed=False, latency_ms=0.5, size_mb=1.25),
        Refused(why="It does not load.", fix="Run lamp check to see why."),
    ),
    (
        "load slow", load_check.Gate(most_ms=0.4), known("load-check", passed=True, latency_ms=0.5, size_mb=1.25),
        Refused(why="One row takes 0.5 ms, allowed are 0.4.", fix="Make the model smaller."),
    ),
    (
        "load large", load_check.Gate(most_mb=1), known("load-check", passed=True, latency_ms=0.5, size_mb=1.75),
        Refused(why="It has 2 MB, allowed are 1.", fix="Make the model smaller."),
    ),
    (
        "load unknown", load_check.Gate(), {},
        Undecided(why="Nobody has seen it load.", fix="Register the version with lamp deploy."),
    ),
    (
        "order right", order.Gate(), {"levels": ("acceptance", "development")}, Passed(why="It took the levels in order."),
    ),
    ("order first", order.Gate(), {"environment": AT_DEVELOPMENT}, Passed(why="It took the levels in order.")),
    (
        "order skipped", order.Gate(), {"levels": ("development",)},
        Refused(
            why="late-flights@1 was never live at the level acceptance.",
            fix="Deploy late-flights@1 to an environment of the level acceptance first.",
        ),
    ),
    (
        "order one below", order.Gate(), {"environment": AT_ACCEPTANCE, "levels": ("production",)},
        Refused(
            why="late-flights@1 was never live at the level development.",
            fix="Deploy late-flights@1 to an environment of the level development first.",
        ),
    ),
    ("ownership passes", ownership.Gate(), {}, Passed(why="Every duty has a holder.")),
    (
        "ownership gap", ownership.Gate(),
        {"ownership": ownership_of(project_without('design = "ada@example.com"\n'), specimens.PEOPLE, specimens.TEAMS, None)},
        Refused(
            why="Nobody holds the duty design of the stage design: nobody is named.",
            fix="Name an active person or team as owners.design in lamp.toml.",
        ),
    ),
    (
        "ownership left", ownership.Gate(deputies=False),
        {"ownership": ownership_of(specimens.project(), {}, specimens.TEAMS, None)},
        Refused(
            why="Nobody holds the duty design of the stage design: ada@example.com is not here.",
            fix="Name an active person or team as owners.design in lamp.toml.",
        ),
    ),
    (
        "ownership alone", ownership.Gate(),
        {"ownership": ownership_of(WITHOUT_DEPUTIES, specimens.PEOPLE, specimens.TEAMS, None)},
        Refused(
            why="The duty design has no deputy, so it would be orphaned if ada@example.com is away.",
            fix="Name owners.deputy in lamp.toml, or a team with two members.",
        ),
    ),
    (
        "ownership alone allowed", ownership.Gate(deputies=False),
        {"ownership": ownership_of(WITHOUT_DEPUTIES, specimens.PEOPLE, specimens.TEAMS, None)},
        Passed(why="Every duty has a holder."),
    ),
    (
        "parity passes", parity.Gate(), known("parity", rows=5000, largest_difference=3.2e-8, changed_decisions=0),
        Passed(why="Largest difference 3.2e-08 over 5000 rows."),
    ),
    (
        "parity differs", parity.Gate(), known("parity", rows=5000, largest_difference=0.25, changed_decisions=0),
        Refused(
            why="Answers differ by up to 0.25 and 0 decisions changed.",
            fix="Serve it with the Python runtime, or report the model.",
        ),
    ),
    (
        "parity decides otherwise", parity.Gate(), known("parity", rows=5000, largest_difference=1e-9, changed_decisions=2),
        Refused(
            why="Answers differ by up to 1e-09 and 2 decisions changed.",
            fix="Serve it with the Python runtime, or report the model.",
        ),
    ),
    (
        "parity few", parity.Gate(), known("parity", rows=999, largest_difference=0.0, changed_decisions=0),
        Undecided(why="Only 999 rows were compared, 1000 are needed.", fix="Give a larger sample."),
    ),
    (
        "parity none", parity.Gate(), {},
        Undecided(why="The served form was not compared with the model.", fix="Register the version with lamp deploy."),
    ),
    (
        "performance passes", performance.Gate(), figures((0.2, 0.19, 0.21, 4000), (0.6, 0.55, 0.65, 4000)),
        Passed(
            why="brier is 0.2000 (0.1900 to 0.2100) on 4000 rows, wanted brier <= 0.22; "
            "auc is 0.6000 (0.5500 to 0.6500) on 4000 rows, wanted auc >= 0.58"
        ),
    ),
    (
        "performance on the bound", performance.Gate(), figures((0.22, 0.2, 0.24, 500), (0.58, 0.5, 0.6, 500)),
        Passed(
            why="brier is 0.2200 (0.2000 to 0.2400) on 500 rows, wanted brier <= 0.22; "
            "auc is 0.5800 (0.5000 to 0.6000) on 500 rows, wanted auc >= 0.58"
        ),
    ),
    (
        "performance misses", performance.Gate(), figures((0.2, 0.19, 0.21, 4000), (0.57, 0.55, 0.59, 4000)),
        Refused(
            why="auc is 0.5700 (0.5500 to 0.5900) on 4000 rows, wanted auc >= 0.58.",
            fix="Improve the model, or agree on another bound.",
        ),
    ),
    (
        "performance may be chance", performance.Gate(strict=True), figures((0.2, 0.19, 0.21, 4000), (0.6, 0.57, 0.65, 4000)),
        Undecided(
            why="auc is 0.6000 (0.5700 to 0.6500) on 4000 rows: that may be chance, wanted auc >= 0.58.",
            fix="Evaluate on more rows.",
        ),
    ),
    (
        "performance beyond chance", performance.Gate(strict=True), figures((0.2, 0.19, 0.22, 4000), (0.6, 0.58, 0.65, 4000)),
        Passed(
            why="brier is 0.2000 (0.1900 to 0.2200) on 4000 rows, wanted brier <= 0.22; "
            "auc is 0.6000 (0.5800 to 0.6500) on 4000 rows, wanted auc >= 0.58"
        ),
    ),
    (
        "performance few", performance.Gate(), figures((0.2, 0.19, 0.21, 499), (0.6, 0.55, 0.65, 4000)),
        Undecided(why="brier <= 0.22: 499 rows are too few, 500 are needed.", fix="Bring more rows."),
    ),
    (
        "performance of a part", performance.Gate(),
        {**figures((0.2, 0.19, 0.21, 4000), (0.6, 0.55, 0.65, 4000)), "project": NARROW},
        Undecided(
            why="auc >= 0.58 where origin = 'EWR' was not measured.", fix="Evaluate the version on rows that hold this slice."
        ),
    ),
    (
        "performance none", performance.Gate(), {},
        Undecided(why="The version was not evaluated.", fix="Give labels with the sample, or an evaluation set."),
    ),
    (
        "performance not asked for", performance.Gate(),
        {"project": specimens.project('[model]\nname = "late-flights"\n')},
        Refused(why="The project has no requirement.", fix="Add [[requirement]] to lamp.toml."),
    ),
    ("shadow of nothing", shadow.Gate(), {}, Passed(why="Nothing is live there that it could be compared with.")),
    (
        "shadow none", shadow.Gate(), {"live": LIVE},
        Undecided(why="It never scored along with v6.", fix=TO_THE_SHADOW),
    ),
    (
        "shadow of another", shadow.Gate(), {"live": LIVE, **compared(against_version="x" * 64)},
        Undecided(why="It scored along with another version than v6, which is live.", fix=TO_THE_SHADOW),
    ),
    (
        "shadow few", shadow.Gate(), {"live": LIVE, **compared(rows=999)},
        Undecided(why="999 rows were compared, 1000 are needed.", fix=TO_THE_SHADOW),
    ),
    (
        "shadow passes", shadow.Gate(difference=0.02), {"live": LIVE, **compared()},
        Passed(
            why="failed requests: 0 of 4000 (0.00% to 0.10%); flipped decisions: 40 of 4000 (0.74% to 1.36%); "
            "scores differ by 0.0100 on average."
        ),
    ),
    (
        "shadow flips", shadow.Gate(), {"live": LIVE, **compared(up=100)},
        Refused(
            why="flipped decisions: 120 of 4000 (2.51% to 3.58%), at most 0.02 is allowed.",
            fix="Find out who is affected, or agree on another bound.",
        ),
    ),
    (
        "shadow by chance", shadow.Gate(), {"live": LIVE, **compared(up=60)},
        Undecided(
            why="flipped decisions: 80 of 4000 (1.61% to 2.48%): that may be chance, at most 0.02 is allowed.",
            fix=TO_THE_SHADOW,
        ),
    ),
    (
        "shadow shifts", shadow.Gate(difference=0.005), {"live": LIVE, **compared()},
        Refused(
            why="scores differ by 0.0100 on average, at most 0.005 is allowed.",
            fix="Find out who is affected, or agree on another bound.",
        ),
    ),
    (
        "fairness of nobody", fairness.Gate(), {},
        Inapplicable(why="No group is concerned, says the project: It judges flights, and treats all people on one alike."),
    ),
    (
        "fairness undeclared", fairness.Gate(), {"project": UNDECLARED},
        Refused(
            why="lamp.toml says nothing about protected groups.",
            fix='Declare [[fairness.criterion]], or say why no group is concerned: none = "..." in [fairness].',
        ),
    ),
    (
        "fairness not needed", fairness.Gate(needed=False), {"project": UNDECLARED},
        Inapplicable(why="lamp.toml declares no protected group."),
    ),
    (
        "fairness unknown", fairness.Gate(), {"project": PROTECTED},
        Undecided(why="How it treats groups was not measured.", fix=MEASURE),
    ),
    (
        "fairness passes", fairness.Gate(), treated(0.82, 0.76),
        Passed(
            why="demographic_parity_ratio by sex is 0.820 (0.760 to 0.900), wanted demographic_parity_ratio >= 0.8 by sex"
        ),
    ),
    (
        "fairness by chance", fairness.Gate(strict=True), treated(0.82, 0.76),
        Undecided(
            why="demographic_parity_ratio by sex is 0.820 (0.760 to 0.900): that may be chance, "
            "wanted demographic_parity_ratio >= 0.8 by sex.",
            fix="Evaluate on more rows.",
        ),
    ),
    (
        "fairness refuses", fairness.Gate(), treated(0.79, 0.7),
        Refused(
            why="demographic_parity_ratio by sex is 0.790 (0.700 to 0.900), wanted demographic_parity_ratio >= 0.8 by sex. "
            "Favourable decisions: f 120 of 400, m 300 of 800.",
            fix="Mend the data or the model, or choose another threshold.",
        ),
    ),
    (
        "fairness small group", fairness.Gate(), treated(0.79, 0.7, n=99),
        Undecided(
            why="demographic_parity_ratio >= 0.8 by sex: 99 rows of f are too few, 100 are needed.",
            fix="Bring more rows of this group, or name the groups that are compared.",
        ),
    ),
    (
        "fairness of other groups", fairness.Gate(), {**treated(0.9, 0.85), "project": NARROWER},
        Undecided(why="demographic_parity_ratio >= 0.8 by sex was not measured.", fix=MEASURE),
    ),
    (
        "fairness without labels", fairness.Gate(), {**treated(0.9, 0.85), "project": OPPORTUNITY},
        Undecided(
            why="equal_opportunity_difference <= 0.1 by sex was not measured. The rows have no labels.", fix=MEASURE
        ),
    ),
    (
        "robustness unknown", robustness.Gate(), {},
        Undecided(
            why="It was not tried on inputs that are missing or new.",
            fix="Register the version again with lamp deploy, which tries it.",
        ),
    ),
    (
        "robustness passes", robustness.Gate(), stressed(),
        Passed(
            why="Tried in 4 ways on 800 rows: at most 12.0% of decisions turn (carrier unseen-category), "
            "the score moves by at most 0.080 (carrier unseen-category)."
        ),
    ),
    (
        "robustness flips", robustness.Gate(most_flips=0.1), stressed(),
        Refused(why="carrier unseen-category: 12.0% of decisions turn, allowed is 0.1.", fix=MEND),
    ),
    (
        "robustness shifts", robustness.Gate(most_shift=0.05), stressed(),
        Refused(
            why="carrier unseen-category: the score moves by 0.080 on average, allowed is 0.05.", fix=MEND
        ),
    ),
    (
        "robustness by chance", robustness.Gate(most_flips=0.13, strict=True), stressed(),
        Undecided(
            why="carrier unseen-category: 12.0% of decisions turn, allowed is 0.13: the interval ends at 0.140.",
            fix="Give a larger sample.",
        ),
    ),
    (
        "robustness few rows", robustness.Gate(), stressed(rows=199),
        Undecided(why="It was tried on 199 rows, 200 are needed.", fix="Give a larger sample."),
    ),
    (
        "robustness fails", robustness.Gate(), stressed(carrier={"failed": "The model raised ValueError."}),
        Refused(why="carrier unseen-category: no score. The model raised ValueError.", fix=MEND),
    ),
    (
        "robustness half tried", robustness.Gate(), stressed(carrier=None),
        Undecided(
            why="It was not tried: carrier unseen-category.", fix="Register the version again with lamp deploy, which tries it."
        ),
    ),
    (
        "robustness in a batch", robustness.Gate(), stressed(order=0.25),
        Refused(
            why="A score moves by up to 0.25 with the order of rows and the batch that they are in.",
            fix="Let the model answer each row by itself.",
        ),
    ),
    (
        "robustness expected and not tried", robustness.Gate(), {**stressed(), "project": RISING},
        Undecided(
            why="It was not tried: that a higher dep_delay never lowers the score.",
            fix="Register the version again with lamp deploy, which tries it.",
        ),
    ),
    (
        "robustness expected and broken", robustness.Gate(), {**stressed(broken=(0.02, 0.01, 0.03)), "project": RISING},
        Refused(
            why="Expected is that a higher dep_delay never lowers the score: 2.0% of rows break it, allowed is 0.01.",
            fix="Train with a constraint, or agree on another expectation.",
        ),
    ),
    (
        "robustness expected and held", robustness.Gate(), {**stressed(broken=(0.01, 0.0, 0.02)), "project": RISING},
        Passed(
            why="Tried in 4 ways on 800 rows: at most 12.0% of decisions turn (carrier unseen-category), "
            "the score moves by at most 0.080 (carrier unseen-category); expectations that hold: 1."
        ),
    ),
    (
        "robustness elsewhere", robustness.Gate(), {"version": ELSEWHERE},
        Inapplicable(
            why="It runs elsewhere (the vendor's cloud): it was not asked about rows that are missing something or new."
        ),
    ),
    ("sources pass", sources.Gate(), {}, Passed(why="1 sources, each with an owner.")),
    (
        "sources none", sources.Gate(), {"project": specimens.project('[model]\nname = "late-flights"\n')},
        Refused(why="No data source is declared.", fix="Add [[source]] with a name and an owner to lamp.toml."),
    ),
    (
        "sources orphan", sources.Gate(), {"project": project_without('owner = "ada@example.com"\n')},
        Refused(why="The source schedule has no owner.", fix="Name the owner of schedule in lamp.toml."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_gate_says(gate: Any, changes: dict[str, Any], expected: Verdict) -> None:
    assert gate.judge(specimens.dossier(**changes)) == expected
