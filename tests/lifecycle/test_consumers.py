"""Who calls is known, and whoever a version affects is named before any traffic moves; on real serving, with real requests."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import OneHotEncoder  # type: ignore[import-untyped]
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.homes import until

from lamplighter.domain.acceptance import Side
from lamplighter.domain.consumer import Standing
from lamplighter.domain.contract import Unknown
from lamplighter.domain.decision import Refused, Undecided, Verdict
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Unauthenticated
from lamplighter.domain.events.consumer import ConsentGiven, ConsumerSaved, ReplayMoved
from lamplighter.domain.events.identity import TokenIssued
from lamplighter.domain.identity import Actor, Person, Purpose, Role
from lamplighter.domain.replay import Figures, Replay, State
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import DecisionRule, Manifest, Version
from lamplighter.domain.version import address as version_address
from lamplighter.lifecycle import authentication
from lamplighter.lifecycle.requests import recent_requests
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.model import Endpoint, live_in
from lamplighter.sdk.release import Checked, checked

MODEL = "delays"
#: The gate desk reads the output by its name and sends every station; the app reads `predictions` and sends one station.
DESK: Mapping[str, Any] = {
    "name": "gate-desk", "owner": address("bea"), "reads": ["probability"], "tolerance": 0.02, "threshold": 0.5,
    "sends": {"station": ["mill", "port"]},
}  # fmt: skip
APP: Mapping[str, Any] = {
    "name": "travel-app", "owner": "@it-ops", "reads": ["predictions"], "tolerance": 0.5, "threshold": 0.99,
    "sends": {"station": ["hill"]},
}  # fmt: skip
PROJECT = models.project(MODEL, consumer=[DESK, APP])
STATIONS = {"gate-desk": ("mill", "port"), "travel-app": ("hill",)}


def _rows(count: int, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(
        {"delay": generator.normal(5.0, 3.0, count), "station": generator.choice(["hill", "mill", "port"], count)}
    )
    chance = 1.0 / (1.0 + np.exp(-(table["delay"] - 5.0)))
    return table, pd.Series((generator.random(count) < chance).astype(int), name="late")


def _fitted() -> Pipeline:
    sample, late = _rows(1200)
    columns = ColumnTransformer([("station", OneHotEncoder(handle_unknown="ignore"), ["station"])], remainder="passthrough")
    return make_pipeline(columns, LogisticRegression()).fit(sample, late)


def _packed(*, lifted: float = 0.0) -> Checked:
    """The model; lifted, every score is about so much higher where it is in the middle."""
    model = _fitted()
    model[-1].intercept_ += 4.0 * lifted
    sample, late = _rows(1200)
    return checked(PROJECT, Build(model=model, sample=sample, labels=late))


class Town:
    """One model, live in prod, with two applications that have called it."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.administrator = Embedded(
            life.kit, Actor(person=Person(email="root@trains.example", name="Root", roles=(Role.ADMINISTRATOR,)))
        )
        self.packed = {lift: _packed(lifted=lift) for lift in (0.0, 0.05)}
        self.first = self.register()
        life.live(self.first)
        self.tokens = {}
        for consumer in (DESK, APP):
            self.administrator.save_consumer(consumer["name"], consumer["owner"], [MODEL])
            self.tokens[consumer["name"]] = self.administrator.issue_consumer_token(consumer["name"], MODEL, "prod", 30).secret
        for name in self.tokens:
            self.call(name, 30)

    def register(self, *, lifted: float = 0.0, **changes: Any) -> Version:
        """Register a version; changes are made to its manifest."""
        ready, dana = self.packed[lifted], self.life["dana"]
        dana.save_project(MODEL, PROJECT)
        for digest, content in ready.blobs.items():
            dana.put_artifact(digest, content)
        return dana.register(MODEL, msgspec.structs.replace(ready.manifest, **changes), ready.evidence)

    @property
    def manifest(self) -> Manifest:
        return self.first.manifest

    def call(self, name: str, count: int) -> None:
        """Ask so often for two rows, as this application, and let the platform see it."""
        endpoint = Endpoint(live_in(self.life["dana"], MODEL, "prod").address, MODEL, self.tokens[name])
        table, _ = _rows(2 * count, seed=len(name))
        for place in range(count):
            rows = table.iloc[2 * place : 2 * place + 2]
            stations = [STATIONS[name][row % len(STATIONS[name])] for row in range(2)]
            self.life.look_until(lambda: True)
            endpoint.predict({"delay": rows["delay"].tolist(), "station": stations})
        endpoint.close()
        self.life.look_until(lambda: self._seen(name) >= count)

    def _seen(self, name: str) -> int:
        return next((one.requests for one in self.life["dana"].consumers(MODEL) if one.name == name), 0)

    def asked(self, version: Version) -> Rollout:
        """Deploy and wait until the replay is made and judged."""
        made = self.life["dana"].deploy(version.name, "prod").rollout
        assert made is not None
        self.life.look_until(lambda: "not replayed yet" not in getattr(self.gate(version), "why", ""))
        self.life.reconciler.look()
        return self.life.rollout(made)

    def settled(self, version: Version) -> None:
        """Look until the replay of a version has ended."""
        self.life.look_until(lambda: all(replay.state is not State.ASKED for replay in self._replays(version)))

    def _replays(self, version: Version) -> list[Replay]:
        with self.life.kit.store.reading() as look:
            return look.replays.all(version=version.digest)

    def last(self, version: Version) -> Rollout:
        return next(rollout for rollout in self.life["dana"].rollouts(MODEL) if rollout.number == version.number)

    def stopped(self, rollout: Rollout) -> None:
        """End a rollout before it changes what is live."""
        if not self.life["dana"].stop(rollout.id).phase.final:
            self.life.reached(rollout, Phase.WITHDRAWN)

    def renamed(self) -> Version:
        output = msgspec.structs.replace(self.manifest.contract.output, name="risk")
        return self.register(contract=msgspec.structs.replace(self.manifest.contract, output=output))

    def gate(self, version: Version) -> Verdict:
        decision = self.life["dana"].check(version.name, "prod")
        return next(judgement.verdict for judgement in decision.judgements if judgement.gate == "consumers")

    def figures(self, version: Version, name: str) -> Figures:
        view = self.life["dana"].version(version.name, "prod")
        found = next(one.figures for one in view.consumers if one.name == name)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("consumers")
    rules = specimens.starter_text().replace('{ use = "contract" }', '{ use = "consumers", most_flips = 0.05 }')
    (folder / "policy.toml").write_text(rules)
    with lived(folder / "home", more=f'policy = "{folder / "policy.toml"}"') as life:
        yield Town(life)


def test_whoever_calls_is_known(town: Town) -> None:
    found = [(one.name, one.owner, one.standing, one.silent, one.environments) for one in town.life["dana"].consumers(MODEL)]
    assert found == [
        ("gate-desk", address("bea"), Standing.DECLARED, False, ("prod",)),
        ("travel-app", "@it-ops", Standing.DECLARED, False, ("prod",)),
    ]
    town.life.clock.forward(31 * 86_400)
    assert [one.silent for one in town.life["dana"].consumers(MODEL)] == [True, True]
    town.life.clock.forward(-31 * 86_400)


def test_a_renamed_output_names_who_reads_it_and_waits_for_its_owner(town: Town) -> None:
    version, life = town.renamed(), town.life
    rollout = town.asked(version)
    told = "gate-desk: output was probability, is risk"
    command = f"lamp consumers consent {version.name} gate-desk --env prod"
    assert town.gate(version) == Undecided(why=f"It affects {told}.", fix=f"Ask {address('bea')}: {command}", waiting=True)
    assert (rollout.phase, rollout.share) == (Phase.WAITING, 0.0)
    assert [one.missing for one in life["dana"].waiting(MODEL)] == [(f"It affects {told}.",)]
    for name in ("dana", "ines"):
        with pytest.raises(NotAllowed) as caught:
            life[name].consent(version.name, "gate-desk", True, "prod")
        assert (caught.value.code, caught.value.why) == ("E1323", f"It belongs to {address('bea')}.")
    with pytest.raises(NotFound):
        life["bea"].consent(version.name, "gate-dask", True, "prod")
    word = life["bea"].consent(version.name, "gate-desk", True, "prod", "We read the new name.")
    given = life.events(ConsentGiven)[-1]
    assert (given.consumer, given.person, given.accepted, given.binding) == ("gate-desk", address("bea"), True, word.binding)
    assert life.reached(rollout, Phase.SHIFTING).number == version.number
    town.stopped(rollout)


def test_a_member_of_the_team_may_speak_and_a_no_ends_it(town: Town) -> None:
    output = msgspec.structs.replace(town.manifest.contract.output, classes=("late", "early"))
    version = town.register(contract=msgspec.structs.replace(town.manifest.contract, output=output))
    rollout = town.asked(version)
    assert "gate-desk: output was of 0, 1, is of late, early; travel-app: output" in town.gate(version).why
    town.life["ivo"].consent(version.name, "travel-app", False, "prod", "We show early trains.")
    assert town.gate(version) == Refused(
        why=f"{address('ivo')} refused it for travel-app.", fix="Answer the reason with a new version."
    )
    assert town.life.reached(rollout, Phase.REFUSED).why == f"consumers: {address('ivo')} refused it for travel-app."


def test_a_shift_of_scores_names_who_does_not_accept_it(town: Town) -> None:
    version = town.register(lifted=0.05)
    rollout = town.asked(version)
    desk, app = (town.figures(version, name) for name in STATIONS)
    assert (desk.requests, desk.rows, desk.refused, desk.failed) == (30, 60, 0, 0)
    assert 0.02 < desk.shift_absolute == pytest.approx(desk.shift)
    assert desk.shift_quantiles[0] <= desk.shift_quantiles[1] <= desk.shift_quantiles[2] <= desk.shift_largest < 0.06
    assert 0.02 < app.shift_absolute < 0.05
    told = f"scores move by {desk.shift_absolute:.3f}, accepted are 0.02"
    assert town.gate(version).why == f"It affects gate-desk: {told}."
    assert rollout.phase is Phase.WAITING
    town.stopped(rollout)


def test_flips_are_counted_at_the_threshold_of_each_consumer(town: Town) -> None:
    """The figures are those that the recorded scores give when the same rows are asked again."""
    version = town.register(lifted=0.05)
    requests = recent_requests(town.life.kit, MODEL, "prod", 500)
    for name, threshold in (("gate-desk", 0.5), ("travel-app", 0.99)):
        before = np.concatenate([record.scores for record in requests[name]])
        odds = before / (1.0 - before) * np.exp(4.0 * 0.05)
        after = odds / (1.0 + odds)
        town.settled(version)
        seen = town.figures(version, name)
        assert (seen.flips_up, seen.flips_down) == (int(((before < threshold) & (after >= threshold)).sum()), 0)
        assert seen.shift == pytest.approx(float((after - before).mean()), abs=1e-6)


def test_a_category_that_is_gone_names_who_sends_it(town: Town) -> None:
    station = msgspec.structs.replace(
        town.manifest.contract.column("station"), categories=("hill", "mill"), unknown=Unknown.REFUSE
    )
    inputs = tuple(station if column.name == "station" else column for column in town.manifest.contract.inputs)
    version = town.register(contract=msgspec.structs.replace(town.manifest.contract, inputs=inputs))
    rollout = town.asked(version)
    desk, app = (town.figures(version, name) for name in STATIONS)
    assert (desk.requests, desk.rows, desk.refused, dict(desk.problems)) == (30, 0, 30, {"unknown-category": 30})
    assert (app.requests, app.rows, app.refused) == (30, 60, 0)
    told = "gate-desk: station no longer knows port, 30 of 30 requests no longer fit and 0 fail"
    assert town.gate(version).why == f"It affects {told}."
    town.stopped(rollout)


def test_another_threshold_is_nothing_to_those_who_decide_by_their_own(town: Town) -> None:
    version = town.register(decision=DecisionRule(threshold=0.7))
    rollout = town.asked(version)
    told = "{}: 0 of 60 decisions turn, scores move by 0.000."
    assert town.gate(version).why == " ".join(told.format(name) for name in STATIONS)
    town.stopped(rollout)


def test_the_same_pair_is_replayed_once_and_no_request_is_left_behind(town: Town) -> None:
    version = town.renamed()
    town.stopped(town.asked(version))
    moved = [event for event in town.life.events(ReplayMoved) if event.number == version.number]
    town.stopped(town.asked(version))
    again = [event for event in town.life.events(ReplayMoved) if event.number == version.number]
    assert [event.state for event in again] == ["asked", "done"] == [event.state for event in moved]
    assert list((town.life.settings.folder / "replays").iterdir()) == []


def test_nobody_signs_or_consents_while_the_figures_are_under_way(town: Town) -> None:
    version = town.register(decision=DecisionRule(threshold=0.8))
    rollout = town.life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    for word in (
        lambda: town.life["ines"].sign(version.name, "prod", Side.IT, True),
        lambda: town.life["bea"].consent(version.name, "gate-desk", True, "prod"),
    ):
        with pytest.raises(Conflict) as caught:
            word()
        assert caught.value.code == "E1560"
    town.settled(version)
    town.stopped(rollout)


def test_a_replay_that_cannot_be_made_holds_the_version_back_and_is_made_again(town: Town) -> None:
    version = town.register(lifted=0.05, decision=DecisionRule(threshold=0.9))
    plan = town.life.settings.artifacts / version_address(version.manifest.artifact("plan").digest)
    content = plan.read_bytes()
    plan.unlink()
    rollout = town.life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    ended = town.life.reached(rollout, Phase.REFUSED)
    assert ended.why.startswith("consumers: The requests of its consumers could not be replayed: The version cannot be loaded")
    plan.write_bytes(content)
    town.stopped(town.asked(version))
    assert town.gate(version).why.startswith("It affects gate-desk: scores move by ")


def test_nobody_brings_figures_of_a_replay(town: Town) -> None:
    facts = {"environment": "prod", "live": town.first.digest, "live_number": 1, "consumers": {}}
    with pytest.raises(NotAllowed) as caught:
        town.life["dana"].add_evidence(town.first.name, Facts(kind="replay", facts=facts))
    assert caught.value.code == "E1324"


def test_a_token_of_an_application_opens_one_model_of_one_environment(town: Town) -> None:
    token, life = town.tokens["gate-desk"], town.life
    issued = next(event for event in life.events(TokenIssued) if event.model)
    assert (issued.email, issued.model, issued.label) == ("gate-desk", MODEL, "prod")
    for purpose in (Purpose.TOKEN, Purpose.SIGN_IN, Purpose.SESSION):
        with pytest.raises(Unauthenticated):
            authentication.authenticate(life.kit, token, purpose)
    other = life.version(models.project("other"))
    life.live(other)
    life.live(town.first, "dev")
    for model, environment in (("other", "prod"), (MODEL, "dev")):
        endpoint = Endpoint(live_in(life["dana"], model, environment).address, model, token)
        with pytest.raises(NotAllowed):
            endpoint.predict({"delay": [1.0], "station": ["hill"]})
        endpoint.close()
    with pytest.raises(Invalid):
        town.administrator.issue_consumer_token("gate-desk", MODEL, "prod", 400)
    with pytest.raises(NotAllowed) as caught:
        town.administrator.issue_consumer_token("gate-desk", "other", "prod")
    assert caught.value.code == "E1305"
    with pytest.raises(NotFound):
        town.administrator.issue_consumer_token("gate-dask", MODEL, "prod")


def test_a_closed_account_calls_nothing_any_more(town: Town) -> None:
    life = town.life
    town.administrator.save_consumer("passing", address("bea"))
    token = town.administrator.issue_consumer_token("passing", MODEL, "prod", 1).secret
    endpoint = Endpoint(live_in(life["dana"], MODEL, "prod").address, MODEL, token)
    asked = {"delay": [1.0], "station": ["hill"]}
    until(lambda: answers(endpoint, asked))
    town.administrator.save_consumer("passing", address("bea"), active=False)
    until(lambda: not answers(endpoint, asked))
    endpoint.close()
    with pytest.raises(NotAllowed) as caught:
        town.administrator.issue_consumer_token("passing", MODEL, "prod")
    assert caught.value.code == "E1304"
    saved = [(event.consumer, event.active) for event in life.events(ConsumerSaved)]
    assert saved[-2:] == [("passing", True), ("passing", False)]


def answers(endpoint: Endpoint, columns: Mapping[str, Any]) -> bool:
    """Whether a token counts at this moment; a process learns of it a moment later."""
    try:
        return bool(endpoint.predict(columns).scores)
    except NotAllowed:
        return False
