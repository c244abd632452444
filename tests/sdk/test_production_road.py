"""A real model from its first sentence to production with two keys, embedded and remote alike."""

import zlib
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter import keys
from lamplighter.cli.verifier import check_card
from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import Refused
from lamplighter.domain.errors import Blocked, Invalid
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.card import CardForm
from lamplighter.sdk.release import release

MODEL = "late-trains"
ROUGH = {"name": "rough-night", "inputs": {"delay": 10.0, "load": 0.9}, "expect": 1}
PROJECT = models.critical(MODEL, uat={"case": [ROUGH]})


@pytest.fixture(scope="module")
def version(ground: Ground) -> Version:
    """The first version of the strict model, live in dev and staging."""
    version = release(ground["dana"], PROJECT, models.build(note="first"))
    ground.live(version, "dev", "staging")
    return version


def test_a_project_says_who_should_deploy(ground: Ground, version: Version) -> None:
    assert ground["rita"].project(MODEL) == PROJECT
    who = ground["rita"].who(MODEL)
    assert (who.criticality.tier, who.advice.rule) == ("mission-critical", "critical-often")
    assert {assignment.holder for assignment in who.ownership.assignments} == {models.OWNER, address("ines")}


def test_artifacts_are_kept_under_their_digest(ground: Ground) -> None:
    content = b"not a model, only bytes"
    digest = digest_of(content)
    assert ground["dana"].missing_artifacts([digest]) == [digest]
    assert ground["dana"].put_artifact(digest, content) == digest
    assert ground["dana"].missing_artifacts([digest]) == []
    assert ground["rita"].artifact(digest) == content


@pytest.mark.parametrize("packed", [zlib.compress(b"\x00" * 16_000_000), b"no compression"])
def test_a_profile_that_no_watch_could_read_is_refused_at_the_door(ground: Ground, version: Version, packed: bytes) -> None:
    content = b"lamplighter profile 1\n" + packed
    ground["dana"].put_artifact(digest_of(content), content)
    forged = tuple(
        msgspec.structs.replace(one, digest=digest_of(content)) if one.role == "profile" else one
        for one in version.manifest.artifacts
    )
    with pytest.raises(Invalid) as refused:
        ground["dana"].register(MODEL, msgspec.structs.replace(version.manifest, artifacts=forged), (), "forged")
    assert refused.value.code == ("E1288" if len(packed) > 20 else "E1173")
    assert refused.value.why
    assert refused.value.fix
    assert version.digest == ground["rita"].versions(MODEL)[-1].digest


def test_the_same_manifest_is_the_same_version(ground: Ground, version: Version) -> None:
    assert ground["dana"].register(MODEL, version.manifest, (), "again") == version
    assert version in ground["rita"].versions(MODEL)
    assert (version.author, version.note, version.manifest.runtime) == (models.OWNER, "first", "compiled")


def test_a_gate_refuses_with_its_verdict_and_nothing_starts(ground: Ground) -> None:
    version = release(ground["dana"], models.critical("skips-staging"), models.build())
    asked = ground["dana"].deploy(version.name, "prod")
    refusal = Refused(
        why="skips-staging@1 was never live at the level acceptance.",
        fix="Deploy skips-staging@1 to an environment of the level acceptance first.",
    )
    assert asked.rollout is None
    assert next((one.gate, one.verdict) for one in asked.decision.judgements if not one.verdict) == ("order", refusal)
    assert ground["dana"].rollouts("skips-staging") == []
    # A question changes nothing: the decision on record is the one of the deployment.
    looked = ground["dana"].check(version.name, "prod")
    assert looked.judgements == asked.decision.judgements
    assert ground["rita"].version(version.name).decisions == (asked.decision,)


def test_two_keys_open_production(ground: Ground, version: Version) -> None:
    foretold = ground["dana"].foretell(version.name, "prod")
    assert ground["dana"].rollouts(MODEL)[0].environment != "prod"
    asked = ground["dana"].deploy(version.name, "prod")
    assert asked.rollout is not None
    assert asked.rollout.phase is Phase.WAITING
    assert foretold.rollout is not None
    assert (foretold.rollout.phase, foretold.rollout.plan, foretold.rollout.id) == (Phase.WAITING, asked.rollout.plan, "")
    assert foretold.decision.judgements == asked.decision.judgements
    (waiting,) = ground["bea"].waiting(MODEL)
    assert (waiting.rollout, waiting.number, waiting.missing) == (
        asked.rollout.id,
        1,
        ("The acceptance of business and IT is missing.",),
    )
    before = ground["rita"].at(MODEL, "prod", asked.decision.at)
    assert (before.number, before.approvals, before.decision) == (0, (), None)

    with pytest.raises(Blocked, match="1 of 1 cases are not judged"):
        ground["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True)
    word = ground["bea"].judge_case(version.name, "prod", "rough-night", as_expected=True)
    (case,) = ground["rita"].cases(version.name, "prod").cases
    assert (case.tried.decision, case.word) == ("1", word)
    ground["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True, reason="Twenty cases judged.")
    until(lambda: ground["bea"].waiting(MODEL)[0].missing == ("The acceptance of IT is missing.",))
    ground["ines"].sign(version.name, "prod", Side.IT, accepted=True)
    done = ground.reached(asked.rollout, Phase.COMPLETED)

    assert ground["bea"].waiting(MODEL) == []
    truth = ground["rita"].at(MODEL, "prod", done.moved_at)
    assert (truth.number, truth.version, truth.how, truth.tier) == (1, version.digest, "rollout", "mission-critical")
    assert {(one.side, one.person) for one in truth.approvals} == {("business", address("bea")), ("it", address("ines"))}
    assert truth.decision is not None
    assert truth.decision.passed


def test_it_answers_over_http_as_the_model_itself_does(ground: Ground, version: Version) -> None:
    columns, _ = models.columns(40)
    answer = ground.endpoint(MODEL, "staging").predict(columns)
    table, _ = models.rows(40, seed=2)
    assert answer.version == version.name
    assert answer.ids == tuple(f"{answer.request}.{row}" for row in range(40))
    np.testing.assert_allclose(answer.scores, models.fitted().predict_proba(table)[:, 1], atol=1e-6)
    # The stream of records reaches the platform without anybody asking.
    until(lambda: ground["dana"].service(MODEL, "staging").rows == 40)
    felt = ground["dana"].service(MODEL, "staging")
    assert (felt.requests, felt.failures) == (1, 0)


def test_what_is_inside_a_version(ground: Ground, version: Version) -> None:
    found = ground["dana"].add_evidence(version.name, Facts(kind="fairness", facts={"checked": True}))
    assert found.author == models.OWNER
    for reference in (version.name, f"{MODEL}@sha256:{version.digest[:12]}", f"{MODEL}@live"):
        seen = ground["rita"].version(reference, "staging")
        assert seen.version == version
        kinds = {evidence.kind for evidence in seen.evidence}
        assert kinds == {"cases", "compilation", "data-checks", "evaluation", "fairness", "load-check", "parity", "performance",
                         "robustness", "training"}  # fmt: skip


def test_everything_on_record_is_one_signed_document(ground: Ground, version: Version) -> None:
    card = ground["rita"].card(f"{MODEL}@live", "prod")
    assert (card.version, card.digest) == (version.name, version.digest)
    gates = next(section for section in card.sections if section.name == "gates")
    assert {place for place, _ in gates.facts} == {"dev", "staging", "prod"}
    words = next(section for section in card.sections if section.name == "acceptance").tables[0]
    assert {row[2] for row in words.rows} >= {address("bea")}
    content = ground["rita"].card_file(version.name, CardForm.MD)
    checked = check_card(content)
    assert (checked.why, checked.key in keys.trusted(ground.settings.trusted_keys)) == ("", True)


def test_what_a_version_is_made_of_names_every_file(ground: Ground, version: Version) -> None:
    model = msgspec.json.decode(ground["rita"].bom(f"{MODEL}@live", "prod"))["metadata"]["component"]
    assert (model["name"], model["version"], model["hashes"][0]["content"]) == (MODEL, str(version.number), version.digest)
    assert [one["hashes"][0]["content"] for one in model["components"]] == [one.digest for one in version.manifest.artifacts]


def test_a_server_of_its_own_is_told_what_is_live_and_nothing_else(ground: Ground, version: Version) -> None:
    pinned = ground["rita"].pinned(f"{MODEL}@live", "prod")
    assert (pinned.version, pinned.digest, pinned.route.environment) == (version.name, version.digest, "prod")
    assert all("PUBLIC KEY" in text for text in pinned.keys.values())


def test_the_fleet_and_the_status_say_how_it_is(ground: Ground, version: Version) -> None:
    (row,) = ground["rita"].fleet(search=MODEL).rows
    listed = {one.model: one for one in ground["rita"].inventory()}[MODEL]
    assert (listed.tier, listed.status) == (row.tier, row.status[Aspect.OVERALL])
    assert (row.model, row.number, row.environment, row.dots) == (MODEL, 1, "prod", (2, 2))
    status = ground["rita"].status(MODEL)
    assert [(live.environment, live.number) for live in status.live] == [("dev", 1), ("staging", 1), ("prod", 1)]
    assert status.status[Aspect.OVERALL] is not Status.FAILING


def test_the_journal_holds_everything_and_its_chain_holds(ground: Ground, version: Version) -> None:
    names = [entry.name for entry in reversed(ground["rita"].journal(MODEL, 1000))]
    steps = ["ProjectSaved", "VersionRegistered", "DecisionMade", "RolloutMoved", "WentLive", "VersionAccepted"]
    assert [name for name in dict.fromkeys(names) if name in steps] == steps
    entries = ground["rita"].journal(limit=10_000)
    verified = ground["rita"].verify_journal()
    assert ground["rita"].journal_lines().count(b"\n") >= verified.entries
    assert ground["rita"].journal_lines(after=10**6) == b""
    assert verified.verified
    assert verified.entries >= len(entries) >= len(names)
    by = {entry.actor for entry in ground["rita"].journal(MODEL, 1000) if entry.name == "VersionAccepted"}
    assert by == {address("bea"), address("ines")}
    # Each entry names the hash of the one before it.
    assert all(newer.previous == digest_of(canonical(older)) for newer, older in pairwise(entries))
