"""What programs read: one object, the same for every command, with instants in UTC."""

import pytest
from tests.cli.commands import told
from tests.cli.memory import JULY, NOON, REFUSED, Memory, rollout

from lamplighter.cli.plain import plain
from lamplighter.domain.rollout import Phase

#: Every command line that a platform answers.
LINES = (
    "whoami",
    "status late-flights",
    "status",
    "list",
    "promote late-flights --to prod",
    "shadow late-flights@8",
    "rollback late-flights --yes",
    "deploy late-flights@8",
    "who late-flights",
    "owners show late-flights",
    "approvals list",
    "approvals show late-flights",
    "approvals approve late-flights",
    "approvals refuse late-flights --reason no",
    "users list",
    "users add ada@example.com --role it",
    "users link ada@example.com",
    "teams list",
    "teams set @it-ops ada@example.com",
    "tokens issue ada@example.com --label ci",
    "tokens list",
    "nodes show",
    "tokens revoke 4f1a2b3c4d5e --yes",
    "rollout list",
    "rollout show R-9",
    "rollout pause R-9",
    "rollout stop R-9 --yes",
    "monitor show late-flights",
    "monitor why late-flights",
    "labels status late-flights",
    "predictions rows late-flights --incident I-1",
    "monitor digest late-flights",
    "monitor recount late-flights",
    "monitor health price-001",
    "validate find late-flights@8 --severity high --words noon --owner ada@example.com",
    "validate list",
    "validate show V-1",
    "validate answer V-1 --by late-flights@8 --evidence performance --note noon",
    "validate close V-1 --note noon",
    "validate return V-1 --note noon",
    "validate conclude late-flights@8 --note noon",
    "spot-check list",
    "spot-check show S-1",
    "spot-check judge S-1 --found bad --note noon",
    "spot-check lift S-1 --reason noon",
    "spot-check recount",
    "policy show",
    "policy versions",
    "policy change abc",
    "report",
    "affected weather",
    "waiver give late-flights@8 performance --env prod --days 30 --reason noon",
    "waiver list",
    "waiver show W-1",
    "waiver end W-1 --reason noon",
    "retire start late-flights --reason noon --by 2027-03-31 --successor late-flights-2",
    "retire list --closed",
    "retire show late-flights",
    "retire consent late-flights --for booking",
    "retire refuse late-flights --for booking --reason noon",
    "retire approve late-flights --agree",
    "retire finish late-flights",
    "retire cancel late-flights --reason noon",
    "retire revive late-flights --reason noon",
    "incident list",
    "incident show I-1",
    "incident ack I-1",
    "incident resolve I-1",
    "incident snooze I-1 --for 4h --reason noon",
    "incident assign I-1 --to @it-ops",
    "incident note I-1 seen",
    "notify test pager",
    "notify secret",
    "alerts list",
    "retrain late-flights",
    "retraining show late-flights",
    "retraining rows late-flights",
    "quarantine add late-flights --from 2013-07-01 --to 2013-07-03 --reason noon",
    "quarantine list late-flights",
    "quarantine lift Q-1 --reason noon",
    "retune late-flights@live --threshold 0.35 --reason noon",
    "retune late-flights --threshold 0.35 --dry-run",
    "recalibrate late-flights@live --reason noon",
    "recalibrate late-flights --show --fit intercept",
    "jobs list late-flights",
    "jobs show J-1",
    "jobs run late-flights nightly",
    "compare late-flights",
    "challenge start late-flights@8",
    "challenge show late-flights",
    "challenge decide C-1 --from 2013-07-01 --to 2013-08-01",
    "audit log",
    "audit at late-flights 2026-03-03T14:32",
    "audit verify",
    "env list",
    "env add qa --level acceptance --port 7099",
)


NOUNS = {
    "spot-check",
    "owners",
    "approvals",
    "users",
    "teams",
    "tokens",
    "nodes",
    "rollout",
    "monitor",
    "incident",
    "notify",
    "alerts",
    "challenge",
    "audit",
    "env",
    "jobs",
    "labels",
    "predictions",
    "policy",
    "quarantine",
    "retire",
    "retraining",
    "validate",
    "waiver",
}


@pytest.mark.parametrize("line", LINES)
def test_one_object(line: str) -> None:
    words = line.split()
    outcome = told(Memory(rolling=rollout(Phase.SHIFTING)), *words, "--json")
    assert outcome.code == 0, outcome.err
    verbs = words[:2] if words[0] in NOUNS else words[:1]
    assert outcome.json["schema"] == f"lamp/{'-'.join(verbs)}/v1"
    assert outcome.json["ok"] is True
    assert set(outcome.json) == {"schema", "ok", "data", "warnings", "next"}
    assert outcome.json["data"]


def test_instants_are_rfc_3339_in_utc() -> None:
    found = told(Memory(), "rollout", "show", "R-9", "--json").json["data"]["rollout"]
    assert found["opened_at"] == "2026-03-03T13:32:00Z"
    assert found["phase"] == "pending"
    assert found["plan"]["steps"] == [10, 100]


def test_an_instant_that_is_not_is_null() -> None:
    assert plain(rollout(Phase.PENDING, opened_at=0))["opened_at"] is None


def test_only_instants_of_records_are_told_as_such() -> None:
    readings = told(Memory(), "monitor", "show", "late-flights", "--json").json["data"]["readings"]
    assert readings[1]["start"] == "2013-07-01T00:00:00Z"
    assert plain({"start": JULY, "at": NOON}) == {"start": JULY, "at": NOON}
    assert plain({"value": float("nan")}) == {"value": None}


def test_a_verdict_says_which_case_it_is() -> None:
    outcome = told(Memory(judgements=(REFUSED,)), "deploy", "late-flights@8", "--json")
    assert outcome.code == 5
    assert outcome.json["schema"] == "lamp/error/v1"
    assert outcome.json["data"]["decision"]["judgements"] == [
        {
            "gate": "performance",
            "verdict": {"verdict": "refused", "why": "auc is 0.51, wanted 0.58.", "fix": "Improve the model."},
        }
    ]


def test_warnings_and_next() -> None:
    found = told(Memory(), "list", "--json").json
    assert found["warnings"] == ["This is page 1 of 2; see the next with --page 2."]
    assert found["next"] == ["lamp status late-flights"]
    assert found["data"]["url"] == "http://127.0.0.1:7070/"
