"""A model that runs elsewhere has everything of ours but our serving, and nothing pretends that it had."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.lifecycle.away import AT, adopt, reference_file, scored_rows
from tests.lifecycle.lives import Life, prepared
from tests.sdk import models

from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.decision import Decision, Inapplicable, Verdict
from lamplighter.domain.errors import Conflict, Invalid, LampError
from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.monitor import Finding
from lamplighter.domain.monitor import Kind as About
from lamplighter.domain.rollout import Phase
from lamplighter.domain.route import Served
from lamplighter.domain.routing import declared_live as said_live
from lamplighter.domain.version import EXTERNAL, Elsewhere
from lamplighter.lifecycle import findings
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.model import live_in

MODEL = "late-elsewhere"


def verdicts(decision: Decision) -> dict[str, Verdict]:
    return {judgement.gate: judgement.verdict for judgement in decision.judgements}


def declared_live(life: Life, name: str, environment: str = "prod") -> None:
    """Deploy a version and look until it counts as live."""
    asked = life["dana"].deploy(name, environment).rollout
    assert asked is not None
    life.reached(asked, Phase.COMPLETED)


def serving_was_asked(life: Life) -> bool:
    """Whether anything of serving was begun or told anything."""
    return any((life.settings.serving / name / "route.json").exists() for name in ("dev", "staging", "prod"))


def test_the_contract_the_profile_and_the_evidence_come_from_scored_rows(life: Life, tmp_path: Path) -> None:
    version = adopt(life, models.project(MODEL), tmp_path, held_out=True)
    manifest, rows = version.manifest, scored_rows(1500)
    assert (manifest.runtime, version.elsewhere) == (EXTERNAL, Elsewhere(at=AT))
    assert [artifact.role for artifact in manifest.artifacts] == ["profile"]
    assert manifest.contract.inputs == (
        Column(name="delay", kind=Kind.NUMBER, low=rows["delay"].min(), high=rows["delay"].max()),
        Column(name="load", kind=Kind.NUMBER, low=rows["load"].min(), high=rows["load"].max()),
        Column(name="line", kind=Kind.TEXT, categories=("coast", "hills")),
    )
    view = life["dana"].version(version.name)
    found = {evidence.kind: evidence.facts for evidence in view.evidence}
    assert set(found) == {"data-checks", "evaluation", "performance"}
    assert found["data-checks"]["failed"] == []
    assert found["performance"]["held_out"] is True
    assert found["performance"]["figures"][""]["auc"]["n"] == 1500
    # The same rows are the same version.
    assert adopt(life, models.project(MODEL), tmp_path, held_out=True).number == version.number


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"score": "scores"}, "There is no column scores."),
        ({"label": "truth"}, "There is no column truth."),
        ({"ignored": ("id",)}, "There is no column id."),
        ({"score": "line"}, "A row has no number as its score."),
        ({"score": "delay"}, "A score lies outside 0 to 1, so it is no probability."),
    ],
)
def test_a_reference_that_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, str], why: str) -> None:
    given = {"score": "score", "label": "late", **changes}
    with pytest.raises(Invalid) as refused:
        adopted(models.project(MODEL), Reference(reference_file(tmp_path), **given), Elsewhere(at=AT))  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.why) == ("E1260", why)


def test_it_goes_live_through_the_gates_without_any_serving(life: Life, tmp_path: Path) -> None:
    version = adopt(life, models.project(MODEL), tmp_path)
    decided = verdicts(life["dana"].check(version.name, "prod"))
    away = {name for name, verdict in decided.items() if isinstance(verdict, Inapplicable)}
    assert away == {"parity", "load_check", "formats", "vulnerabilities"}
    assert decided["parity"] == Inapplicable(
        why=f"It runs elsewhere ({AT}): there is no served form that could be compared with the model."
    )
    assert decided["data_checks"]
    assert decided["ownership"]
    declared_live(life, version.name)
    assert [(went.environment, went.number) for went in life.events(WentLive)] == [("prod", 1)]
    state = life["rita"].status(MODEL)
    assert state.sentence == f"v1 runs elsewhere ({AT}) and is live in prod. No limit is crossed."
    assert [live.elsewhere for live in state.live] == [AT]
    assert not serving_was_asked(life)


def test_a_critical_one_still_needs_people_and_checks(life: Life, tmp_path: Path) -> None:
    version = adopt(life, models.critical(MODEL), tmp_path)
    declared_live(life, version.name, "dev")
    declared_live(life, version.name, "staging")
    decision = life["dana"].check(version.name, "prod")
    decided = verdicts(decision)
    assert {name for name, verdict in decided.items() if not verdict} == {"acceptance"}
    assert {name for name, verdict in decided.items() if isinstance(verdict, Inapplicable)} == {
        "parity",
        "load_check",
        "formats",
        "vulnerabilities",
        "sandbox",
        "challenger",
        "robustness",
        "fairness",
    }
    assert decision.waiting
    # The checks of its data are judged as those of any other: they were never made for this one.
    silent = msgspec.structs.replace(version.manifest, elsewhere=Elsewhere(at="another cloud"))
    bare = life["dana"].register(MODEL, silent)
    assert not verdicts(life["dana"].check(bare.name, "prod"))["data_checks"]


def test_a_column_that_is_no_input_tells_groups(tmp_path: Path) -> None:
    lines = {"column": "line", "metric": "demographic_parity_ratio", "bound": 0.8}
    project = models.critical(MODEL, fairness={"criterion": [lines]})
    ready = adopted(project, Reference(reference_file(tmp_path), score="score", ignored=("line", "late")), Elsewhere(at=AT))
    assert [column.name for column in ready.manifest.contract.inputs] == ["delay", "load"]
    facts = {one.kind: one.facts for one in ready.evidence}["fairness"]
    rows = scored_rows(1500)
    rates = [float(np.mean(rows["score"][rows["line"] == line] >= 0.5)) for line in ("coast", "hills")]
    assert [one["value"] for one in facts["figures"]] == [pytest.approx(min(rates) / max(rates))]


def test_nobody_rolls_it_back_from_here(life: Life, tmp_path: Path) -> None:
    first = adopt(life, models.project(MODEL), tmp_path)
    second = adopt(life, models.project(MODEL), tmp_path, threshold=0.4, back="Set the alias back in the vendor's console.")
    declared_live(life, first.name)
    declared_live(life, second.name)
    with pytest.raises(Conflict) as refused:
        life["dana"].roll_back(MODEL, "prod")
    assert (refused.value.code, refused.value.why, refused.value.fix) == (
        "E1572",
        f"It runs elsewhere ({AT}), and this platform moves no traffic there.",
        f"Set the alias back in the vendor's console; then say so: lamp deploy {MODEL}@1 --env prod",
    )
    # What somebody did there is then said here, by the same road.
    declared_live(life, first.name)
    assert life["rita"].status(MODEL).live[0].number == 1


def test_an_incident_does_not_roll_it_back_by_itself(life: Life, tmp_path: Path) -> None:
    first = adopt(life, models.critical(MODEL), tmp_path)
    second = adopt(life, models.critical(MODEL), tmp_path, threshold=0.4)
    for version in (first, second):
        served = Served(number=version.number, digest=version.digest)
        with life.kit.store.transaction() as change:
            before = change.routings.of(MODEL, "prod")
            change.routings.save(before, said_live(before, served, life.clock.now()))
    finding = Finding(
        model=MODEL,
        environment="prod",
        number=2,
        kind=About.TECHNICAL,
        measure="failures",
        value=1.0,
        limit=0.01,
        sentence="It fails.",
        start=0,
        end=life.clock.now(),
        after_rows=0,
    )
    with life.kit.store.transaction() as change:
        findings.report(life.kit, change, finding)
    life.look_until(lambda: life["rita"].incidents(MODEL))
    life.reconciler.look()
    assert life.events(RolledBack) == []
    with life.kit.store.reading() as look:
        # Every reaction is through with it: nothing tries again and again what cannot be done.
        waiting = look.journal.after(look.counters.value("reactions"))
    assert not any(isinstance(entry.event, IncidentOpened) for entry in waiting)
    assert life["rita"].status(MODEL).live[0].number == 2
    assert life["rita"].incidents(MODEL)[0].holder == "ines@trains.example"


def test_what_needs_serving_is_refused(life: Life, tmp_path: Path) -> None:
    first, second = (adopt(life, models.project(MODEL), tmp_path, threshold=threshold) for threshold in (0.5, 0.4))
    declared_live(life, first.name)
    dana = life["dana"]
    for ask in (
        lambda: dana.shadow(MODEL, "prod", 2),
        lambda: dana.challenge(second.name, "prod"),
        lambda: dana.drill_outage(first.name, "prod"),
        lambda: live_in(dana, MODEL),
    ):
        with pytest.raises(LampError) as refused:
            ask()
        assert refused.value.code == "E1573"
    assert not serving_was_asked(life)


def test_a_model_is_here_or_elsewhere(life: Life, tmp_path: Path) -> None:
    here = life.version(models.project("served-here"))
    with pytest.raises(Conflict) as refused:
        adopt(life, models.project("served-here"), tmp_path)
    assert (refused.value.code, refused.value.why.split(",")[0]) == ("E1571", f"{here.name} is served here")
    adopt(life, models.project(MODEL), tmp_path)
    ready = prepared(0.5, False)
    manifest = msgspec.structs.replace(ready.manifest, model=MODEL)
    with pytest.raises(Conflict, match="cannot be both"):
        life["dana"].register(MODEL, manifest, ready.evidence)
    for half in (
        msgspec.structs.replace(ready.manifest, model="served-here", elsewhere=Elsewhere(at=AT)),
        msgspec.structs.replace(ready.manifest, model="served-here", runtime=EXTERNAL, elsewhere=Elsewhere(at=AT)),
    ):
        with pytest.raises(Invalid, match="neither of here nor of elsewhere"):
            life["dana"].register("served-here", half)


def test_no_process_of_it_is_missed(life: Life, tmp_path: Path) -> None:
    declared_live(life, adopt(life, models.project(MODEL), tmp_path).name)
    for _ in range(3):
        life.clock.forward(100)
        life.reconciler.look()
    assert life["rita"].incidents(MODEL) == []
    assert not serving_was_asked(life)


def test_its_age_is_told_and_ends_nothing(life: Life, tmp_path: Path) -> None:
    version = adopt(life, models.project(MODEL, expiry={"then": "block"}), tmp_path)
    declared_live(life, version.name)
    life.clock.forward(500 * 86400)
    life.look_until(lambda: life["rita"].incidents(MODEL))
    told = life["rita"].incidents(MODEL)[0].finding.sentence
    assert told.endswith("It goes on answering, and this stays open until it is extended or replaced.")
