"""Trainings that the platform runs: how they end, what they cannot do to it, and what sets them off."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import appointed, finding, found, react
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.homes import until

from lamplighter.domain.events.identity import TokenIssued
from lamplighter.domain.events.run import RetrainingMoved, RetrainingRequested
from lamplighter.domain.monitor import Kind, Severity
from lamplighter.domain.project import Project
from lamplighter.domain.retraining import Retraining, State
from lamplighter.lifecycle import retrainings

#: What each training of the tests runs.
_SCRIPTS = {
    "good": """
        import json, os
        json.dump({name: os.environ.get(name) for name in (*os.environ,)}, open("seen.json", "w"))
        open(os.environ["LAMP_RESULT"] + ".new", "w").write('{"number": 2}')
        os.replace(os.environ["LAMP_RESULT"] + ".new", os.environ["LAMP_RESULT"])
        """,
    "silent": "pass",
    "broken": "raise SystemExit(3)",
    "babble": """
        import os
        open(os.environ["LAMP_RESULT"], "w").write("version two")
        """,
    "fickle": """
        import os, pathlib, signal
        turns = pathlib.Path("turns")
        turns.write_text(turns.read_text() + "x" if turns.exists() else "x")
        if len(turns.read_text()) < 3:
            os.kill(os.getpid(), signal.SIGKILL)
        open(os.environ["LAMP_RESULT"] + ".new", "w").write('{"number": 2}')
        os.replace(os.environ["LAMP_RESULT"] + ".new", os.environ["LAMP_RESULT"])
        """,
    "doomed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "spoken": """
        import os
        open(os.environ["LAMP_FAILURE"], "w").write('{"cause": "data", "why": "A column is gone."}')
        raise SystemExit(1)
        """,
    "endless": "import time; time.sleep(60)",
}


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[Life]:
    folder = tmp_path / "work"
    folder.mkdir()
    lines = []
    for name, script in _SCRIPTS.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(script))
        limit = 0.3 if name == "endless" else 60.0
        lines.append(f'[trainings.{name}]\ncommand = ["python", "{name}.py"]\nfolder = "{folder}"\nseconds = {limit}\n')
    lines.append(f'[trainings.absent]\ncommand = ["no-such-program"]\nfolder = "{folder}"\n')
    lines.append(f'[trainings.nowhere]\ncommand = ["python", "good.py"]\nfolder = "{folder}/nowhere"\n')
    with lived(tmp_path / "home", "".join(lines)) as life:
        yield life


def project(name: str, run: str, **more: object) -> Project:
    return models.project(name, retrain={"run": run, "when": ["quality"], "cooldown": "1h", **more})


def ended(life: Life, asked: Retraining) -> Retraining:
    """Look until the training has ended."""

    def now() -> Retraining:
        (training,) = [one for one in life["dana"].trainings(asked.model) if one.id == asked.id]
        return training

    def looked() -> bool:
        if now().state in (State.REQUESTED, State.RUNNING):
            retrainings.advance(life.kit, now())
        return now().state in (State.FINISHED, State.FAILED)

    until(looked)
    return now()


def test_a_command_that_leaves_a_number_has_finished(trained: Life, tmp_path: Path) -> None:
    trained["dana"].save_project("good", project("good", "good"))
    asked = trained["milo"].retrain("good", "a new timetable")
    trained.restart()
    done = ended(trained, asked)
    assert (done.state, done.number, done.author) == (State.FINISHED, 2, address("milo"))
    assert [(event.state, event.number) for event in trained.events(RetrainingMoved)] == [("running", 0), ("finished", 2)]
    seen = json.loads((tmp_path / "work" / "seen.json").read_text())
    assert (seen["LAMP_URL"], seen["LAMP_TRAINING"], seen["LAMP_MODEL"]) == (trained.settings.url, asked.id, "good")
    assert seen["LAMP_TOKEN"].startswith("lmp_pat_")
    # A command gets what it needs and none of our secrets.
    assert not {name for name in seen if name.startswith("LAMP_")} - {
        "LAMP_SIGN_WITH", "LAMP_URL", "LAMP_TOKEN", "LAMP_TRAINING", "LAMP_MODEL", "LAMP_RESULT",
        "LAMP_FAILURE", "LAMP_INPUT",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("silent", "It ended without a version; see output.log of T-1."),
        ("broken", "It ended without a version; see output.log of T-1."),
        ("babble", "What it left as its result cannot be read."),
        ("endless", "It took longer than it may."),
        ("absent", "It could not be started (FileNotFoundError)."),
        ("nowhere", "It could not be started (FileNotFoundError)."),
    ],
)
def test_a_command_that_leaves_none_has_failed(trained: Life, run: str, why: str) -> None:
    trained["dana"].save_project("bad", project("bad", run))
    done = ended(trained, trained["dana"].retrain("bad"))
    assert (done.state, done.why) == (State.FAILED, why)
    # It is over: nothing is started again, and no further token is given out.
    issued = len(trained.events(TokenIssued))
    trained.reconciler.look()
    assert len(trained.events(TokenIssued)) == issued <= 2
    assert trained["dana"].retrain("bad").id == "T-2"


def test_a_training_that_is_gone_from_the_configuration_fails(trained: Life) -> None:
    trained["dana"].save_project("gone", project("gone", "good"))
    asked = trained["dana"].retrain("gone")
    with trained.kit.store.transaction() as change:
        change.projects.put(project("gone", "removed"))
    assert ended(trained, asked).state is State.FAILED


def test_a_functional_incident_sets_off_one_training(trained: Life) -> None:
    version = appointed(trained, project("worn", "good"))
    incident = found(trained, finding(version, Kind.FUNCTIONAL))
    (training,) = trained["dana"].trainings("worn")
    assert (training.cause, training.author, training.state) == (incident.id, address("dana"), State.REQUESTED)
    react(trained)
    ended(trained, training)
    # Within the cooldown another incident does not, after it it does.
    trained["dana"].resolve(incident.id)
    second = found(trained, finding(version, Kind.FUNCTIONAL, end=3))
    assert len(trained["dana"].trainings("worn")) == 1
    trained["dana"].resolve(second.id)
    trained.clock.forward(3700)
    third = found(trained, finding(version, Kind.FUNCTIONAL, end=4))
    assert [one.cause for one in trained["dana"].trainings("worn")] == [third.id, incident.id]
    assert len(trained.events(RetrainingRequested)) == 2


def test_a_technical_incident_and_a_silent_project_set_off_none(trained: Life) -> None:
    found(trained, finding(appointed(trained, project("worn", "good"))))
    found(trained, finding(appointed(trained, project("by-hand", "good", when=[])), Kind.FUNCTIONAL))
    assert trained.events(RetrainingRequested) == []


def test_a_notice_of_calibration_sets_off_none(trained: Life) -> None:
    version = appointed(trained, project("promising", "good", when=["quality", "drift"]))
    found(trained, finding(version, Kind.FUNCTIONAL, measure="calibration", severity=Severity.NOTICE))
    assert trained.events(RetrainingRequested) == []


@pytest.mark.parametrize(("when", "trainings"), [(["quality"], 0), (["quality", "drift"], 1)])
def test_drift_sets_off_a_training_only_where_the_project_says_so(trained: Life, when: list[str], trainings: int) -> None:
    version = appointed(trained, project("moved", "good", when=when))
    found(trained, finding(version, Kind.FUNCTIONAL, measure="drift", severity=Severity.NOTICE))
    assert len(trained["dana"].trainings("moved")) == trainings


def test_a_job_that_hangs_is_ended_and_keeps_no_other_waiting(trained: Life) -> None:
    trained["dana"].save_project("slow", project("slow", "endless"))
    trained["dana"].save_project("good", project("good", "good"))
    slow, good = trained["dana"].retrain("slow"), trained["dana"].retrain("good")
    assert (ended(trained, good).state, ended(trained, slow).state) == (State.FINISHED, State.FAILED)


def test_a_training_that_is_killed_is_tried_again_and_makes_one_version(trained: Life) -> None:
    trained["dana"].save_project("fickle", project("fickle", "fickle"))
    done = ended(trained, trained["milo"].retrain("fickle"))
    assert (done.state, done.number, done.tries) == (State.FINISHED, 2, 3)
    moved = [event.state for event in trained.events(RetrainingMoved)]
    assert moved == ["running", "requested", "running", "requested", "running", "finished"]


@pytest.mark.parametrize(
    ("name", "cause", "tries", "kind"),
    [
        ("doomed", "infrastructure", 3, Kind.TECHNICAL),
        ("broken", "code", 1, Kind.TECHNICAL),
        ("spoken", "data", 1, Kind.FUNCTIONAL),
        ("nowhere", "infrastructure", 1, Kind.TECHNICAL),
    ],
)
def test_a_training_that_fails_is_classified_and_told_to_whoever_can_mend_it(
    trained: Life, name: str, cause: str, tries: int, kind: Kind
) -> None:
    appointed(trained, project(name, name))
    done = ended(trained, trained["milo"].retrain(name))
    assert (done.state, done.failed_by, done.tries) == (State.FAILED, cause, tries)
    react(trained)
    (incident,) = trained["rita"].incidents(name)
    assert (incident.finding.measure, incident.finding.kind) == ("training", kind)
    # What failed is no reason to begin another one.
    assert [one.id for one in trained["dana"].trainings(name)] == [done.id]
