"""`lamp.toml`: three lines are enough, and whatever is wrong is refused with its name."""

import pytest
from tests.domain import specimens

from lamplighter.domain.decoding import from_json
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.impact import Frequency
from lamplighter.domain.owners import Holder, Owners
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from, read_project
from lamplighter.domain.record import canonical
from lamplighter.domain.stage import Stage
from lamplighter.domain.steps import Steps, check_steps


def test_three_lines_are_a_project() -> None:
    project = read_project('[model]\nname = "churn"\nsummary = "Who leaves next month."\n')
    assert (project.name, project.schema, project.owners.parties(), project.requirement) == ("churn", 1, (), ())
    assert project.impact.missing() == ("customers", "loss", "reversible", "automated", "updates")
    assert project.monitor.quality.metric == "brier"


def test_a_project_survives_being_stored() -> None:
    project = specimens.project()
    assert from_json(canonical(project), type(project)) == project
    assert project.impact.missing() == ()
    assert project.owners.parties() == tuple({"ada@example.com": 0, "milo@example.com": 0, "@it-ops": 0, "bea@example.com": 0})


def test_any_change_of_the_file_gives_another_digest() -> None:
    project = specimens.project()
    assert project.digest == specimens.project().digest
    changed = [
        specimens.project(specimens.PROJECT.replace(old, new))
        for old, new in [
            ("0.22", "0.21"), ("0.58", "0.59"), ("reversible = false", "reversible = true"), ("ops-dashboard", "ops"),
            ('deputy = "milo', 'deputy = "ivo'), ("14d", "15d"), ('"dep_delay", ', ""),
        ]
    ]  # fmt: skip
    assert len({project.digest, *(other.digest for other in changed)}) == len(changed) + 1


BASE = '[model]\nname = "churn"\n'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "model"),
        ("[model]\n", "name"),
        ("[model\n", "line 1"),
        ('[model]\nname = 7\n', "$.model.name"),
        ('[model]\nnmae = "churn"\n', "nmae"),
        (BASE + "[quality]\n", "quality"),
        (BASE + "[model.more]\n", "more"),
        (BASE + '[owners]\ndesigner = "ada@example.com"\n', "designer"),
        (BASE + '[owners]\nmonitoring = { first = "@ops", than = "@it" }\n', "than"),
        (BASE + '[impact]\nloss = "huge"\n', "$.impact.loss"),
        (BASE + '[impact]\ncustomers = "yes"\n', "$.impact.customers"),
        (BASE + '[impact]\nupdates = "hourly"\n', "$.impact.updates"),
        (BASE + '[problem]\nsuccess = { metric = "auc", operator = ">", bound = 0.6 }\n', "$.problem.success.operator"),
        (BASE + '[[requirement]]\nmetric = "auc"\noperator = ">="\nbound = "0.6"\n', "$.requirement[0].bound"),
        (BASE + '[retrain]\nwhen = ["qualty"]\n', "retrain.when"),
        ('[model]\nname = "Churn"\n', "model.name"),
        (BASE + '[owners]\ndesign = "Ada"\n', "owners.design"),
        (BASE + '[owners]\nmonitoring = { first = "@ops", model_alerts = "ada" }\n', "owners.monitoring"),
        (BASE + '[owners]\nmonitoring = { first = "@ops", after = "soon" }\n', "owners.monitoring.after"),
        (BASE + '[owners]\nrisk = "risk"\n', "owners.risk"),
        (BASE + '[[source]]\nname = "crm"\nowner = "someone"\n', "source.owner"),
        (BASE + '[[source]]\nname = "crm"\nfreshness = "often"\n', "source.freshness"),
        (BASE + '[[source]]\nname = "crm"\nfreshness = "0s"\n', "source.freshness"),
        (BASE + '[[source]]\nname = " "\n', "One has no name"),
        (BASE + '[[source]]\nname = "crm"\nwatch = true\n', "source crm: watch has no effect"),
        (BASE + '[[source]]\nname = "crm"\n[[source]]\nname = "crm"\nowner = "@it"\n', "Two have the same name"),
        (BASE + '[[consumer]]\nname = "The App"\n', "consumer.name"),
        (BASE + '[env."a b"]\n', "env"),
        (BASE + '[env.prod]\napprovals = ["legal"]\n', "approvals"),
        (BASE + '[env.prod.rollout]\nsteps = [10, 100]\neach = "1 minute"\n', "env.prod.rollout"),
        (BASE + '[monitor]\nquality = { window = "7" }\n', "monitor.quality.window"),
        (BASE + '[monitor]\nlabels = { expected_after = "-1d" }\n', "monitor.labels.expected_after"),
        (BASE + "[monitor]\nfalse_alarms = 0.0\n", "monitor.false_alarms"),
        (BASE + "[monitor]\nfalse_alarms = 32.0\n", "monitor.false_alarms"),
        (BASE + '[retrain]\ncooldown = "1w"\n', "retrain.cooldown"),
        (BASE + '[retrain]\ncooldown = "0s"\n', "retrain.cooldown"),
        (BASE + '[retrain]\nwhen = ["drift"]\n', "no run says which"),
        (BASE + '[monitor]\nquality = { window = "0s" }\n', "monitor.quality.window"),
        (BASE + '[monitor]\nquality = { limit = nan }\n', "monitor.quality.limit"),
        (BASE + '[monitor]\nquality = { limit = inf }\n', "monitor.quality.limit"),
        (BASE + '[monitor]\nlabels = { wait = "0s" }\n', "monitor.labels.wait"),
        (BASE + '[monitor]\nstale_after = "0s"\n', "monitor.stale_after"),
        (BASE + '[monitor]\nsilent_after = "0m"\n', "monitor.silent_after"),
        (BASE + '[log]\nkeep = "0s"\n', "log.keep"),
        (BASE + '[outage]\nanswer = "last-known-good"\nmax_age = "0s"\n', "outage.max_age"),
        (BASE + '[problem]\nsuccess = { metric = "auc", operator = ">=", bound = nan }\n', "problem.success.bound"),
        (BASE + '[[requirement]]\nmetric = "auc"\noperator = ">="\nbound = -inf\n', "requirement.bound"),
        *(
            (BASE + f"[env.prod.rollout]\nsteps = [10, 100]\nstop_if = {{ {limit} }}\n", "env.prod.rollout")
            for limit in ("p95_ms = inf", "p95_ms = nan", "slower = nan", "slower = inf", "score_shift = { mean = inf }")
        ),
        (BASE + '[log]\nkeep = "forever"\n', "log.keep"),
        (BASE + '[log]\nsample = 1.5\n', "log.sample"),
        (BASE + '[log]\nredact = { name = "hide" }\n', "log.redact"),
        ("schema = 2\n" + BASE, "schema"),
        ('schema = "1"\n' + BASE, "$.schema"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_project(text)
    assert named in f"{caught.value.why} {caught.value.fix}"


def test_a_refusal_does_not_repeat_a_name_that_was_sent() -> None:
    for data in ({"model": {"name": "SECRET"}}, {"model": {"name": "churn"}, "env": {"SECRET": {}}}):
        with pytest.raises(Invalid) as caught:
            project_from(data)
        assert "SECRET" not in str(caught.value)


def test_a_project_from_json_is_held_to_the_same() -> None:
    assert project_from({"model": {"name": "churn"}}) == read_project(BASE)
    with pytest.raises(Invalid, match="not valid"):
        project_from({"model": {"name": "churn"}, "more": 1})


@pytest.mark.parametrize(
    ("text", "length"), [("0s", 0.0), ("30s", 30.0), ("45m", 2700.0), ("2h", 7200.0), ("14d", 1_209_600.0)]
)
def test_lengths_of_time(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "s", "5", "5 m", "5w", "-5m", "1.5h", "5m\n", "5M", "1234567s", "\u0663s", "5mm"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(Invalid):
        seconds(text)


@pytest.mark.parametrize("steps", [(100.0,), (1.0, 10.0, 50.0, 100.0), (0.1, 100.0)])
def test_steps_that_rise_to_all(steps: tuple[float, ...]) -> None:
    assert check_steps(Steps(steps=steps)).steps == steps


@pytest.mark.parametrize(
    "steps",
    [
        (), (50.0,), (0.0, 100.0), (-5.0, 100.0), (50.0, 50.0, 100.0), (60.0, 50.0, 100.0), (10.0, 110.0),
        (float("nan"), 100.0), (10.0, float("nan"), 100.0), (10.0, float("inf")), (100.0, 100.0),
    ],
)  # fmt: skip
def test_steps_that_do_not(steps: tuple[float, ...]) -> None:
    with pytest.raises(Invalid, match="steps"):
        check_steps(Steps(steps=steps))


def test_an_owner_is_a_name_or_a_holder() -> None:
    owners = Owners(design="ada@example.com", monitoring=Holder(first="@ops", then="@it", deputy="ivo@example.com"))
    assert owners.holder(Stage.DESIGN) == Holder(first="ada@example.com")
    assert owners.holder(Stage.DEPLOYMENT) is None
    assert owners.parties() == ("ada@example.com", "@ops", "@it", "ivo@example.com")


def test_monthly_and_more_is_often() -> None:
    assert {frequency for frequency in Frequency if frequency.often} == {"monthly", "weekly", "daily"}


def test_a_requirement_reads_as_it_is_written() -> None:
    first = specimens.project().requirement[0]
    assert str(first) == "auc >= 0.58"


@pytest.mark.parametrize(
    ("monitor", "field"),
    [
        ("errors = 5.0", "monitor.errors"),
        ("errors = -0.1", "monitor.errors"),
        ("errors = nan", "monitor.errors"),
        ("quality = { least_rows = 0 }", "monitor.quality.least_rows"),
    ],
)
def test_a_share_and_a_number_of_rows_that_cannot_be_are_refused(monitor: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_project(f'[model]\nname = "trains"\n[monitor]\n{monitor}\n')
    assert field in refusal.value.why


def test_a_project_that_was_kept_is_read_whatever_its_shares_say() -> None:
    kept = (
        canonical(specimens.project())
        .replace(b'"errors":0.01', b'"errors":5.0')
        .replace(b'"least_rows":500', b'"least_rows":0')
    )
    project = from_json(kept, Project)
    assert (project.monitor.errors, project.monitor.quality.least_rows) == (5.0, 0)
