"""Independent validation: who finds, who answers with what, who closes, and what an open finding holds up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotAllowed, NotFound
from lamplighter.domain.events.validation import ValidationFindingOverdue, VersionValidated
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.validation import ValidationFinding, Weight
from lamplighter.domain.version import Version
from lamplighter.lifecycle import people, rulebook, validations
from lamplighter.lifecycle.in_force import InForce
from lamplighter.sdk.answers import Facts

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

MODEL = "looked-at"
DAY = 86_400
WORDS = "It was never tried on winter."


@pytest.fixture
def version(life: Life) -> Version:
    return ready(life)


def ready(life: Life) -> Version:
    version = life.version(models.critical(MODEL))
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def find(life: Life, version: Version, weight: Weight = Weight.HIGH, person: str = "rita", days: int = 0) -> ValidationFinding:
    return life[person].raise_finding(version.name, weight, WORDS, address("dana"), days)


def said(life: Life, version: Version, environment: str = "prod") -> Verdict | None:
    judged = life["dana"].check(version.name, environment).judgements
    return next((one.verdict for one in judged if one.gate == "validation"), None)


def mended(life: Life, version: Version) -> None:
    life["dana"].add_evidence(version.name, Facts(kind="fairness", facts={"winter": True}))
    life["dana"].answer_finding("V-1", version.name, "fairness", "Tried on three winters.")


def govern(life: Life, *changes: tuple[str, str]) -> None:
    """Another rule book."""
    text = specimens.starter_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    policy = rulebook.checked(text)
    life.kit.govern(InForce(policy, policy.digest))


@on_each_database
def test_a_finding_holds_up_every_version_until_a_validator_closes_it_on_evidence(life: Life, version: Version) -> None:
    assert said(life, version) is None
    found = find(life, version)
    assert (found.id, found.owner, found.due_at - found.opened_at) == ("V-1", address("dana"), 14 * DAY * 1_000_000)
    refused = said(life, version)
    assert isinstance(refused, Refused)
    assert WORDS in refused.why
    assert refused.fix == f"Ask {address('dana')}: lamp validate answer V-1 --by REF --evidence KIND --note WHAT"
    assert life["dana"].deploy(version.name, "prod").rollout is None
    later = life.version(models.critical(MODEL), threshold=0.6)
    assert isinstance(said(life, later), Refused), "the next version has it too"
    assert said(life, version, "dev") is None, "whoever builds goes on building"
    mended(life, version)
    assert isinstance(said(life, version), Refused), "an answer alone closes nothing"
    closed = life["rita"].judge_finding("V-1", True, "Read the figures of three winters.")
    assert (closed.open, closed.closed_by, closed.kind) == (False, address("rita"), "fairness")
    assert said(life, version) is None


def test_what_blocks_is_what_the_tier_says(life: Life, version: Version) -> None:
    find(life, version, Weight.MEDIUM)
    warned = said(life, version)
    assert isinstance(warned, Passed)
    assert "V-1 (medium" in warned.why
    govern(life, ('block = ["high"]', 'block = ["high", "medium"]'))
    assert isinstance(said(life, version), Refused)
    govern(life, ('block = ["high"]', "block = []"))
    assert isinstance(said(life, version), Passed)


def test_a_rule_book_may_need_the_word_of_a_validator_on_every_version(life: Life, version: Version) -> None:
    govern(life, ('  { use = "challenger", needed = false },\n', '  { use = "validation", needed = true },\n'))
    missing = said(life, version)
    assert isinstance(missing, Undecided)
    assert missing.waiting
    life["rita"].conclude_validation(version.name, "Read the code, and scored it anew.")
    passed = said(life, version)
    assert passed == Passed(why=f"{address('rita')} validated it. No finding of a validation is open.")
    assert [event.person for event in life.events(VersionValidated)] == [address("rita")]
    later = life.version(models.critical(MODEL), threshold=0.6)
    assert isinstance(said(life, later), Undecided)


@pytest.mark.parametrize("person", ["dana", "milo", "bea", "ines"])
def test_whoever_builds_the_model_or_has_another_role_is_no_validator(life: Life, version: Version, person: str) -> None:
    for verb in (lambda: find(life, version, person=person), lambda: life[person].conclude_validation(version.name, "Good.")):
        with pytest.raises(NotAllowed) as refused:
            verb()
        assert refused.value.code == "E1341"


@pytest.mark.parametrize("how", ["author", "owner", "team"])
def test_a_role_of_a_validator_does_not_help_whoever_builds_it(life: Life, how: str) -> None:
    owners = {"author": "dana@trains.example", "owner": address("rita"), "team": "@makers"}
    people.save_team(life.kit, PLATFORM, "@makers", [address("rita")])
    project = models.critical(MODEL)
    named = msgspec.structs.replace(project, owners=msgspec.structs.replace(project.owners, industrialization=owners[how]))
    version = life.version(named)
    if how == "author":
        life["rita"].register(MODEL, _other(version), [])
    with pytest.raises(NotAllowed, match="do not validate") as refused:
        find(life, version)
    assert refused.value.why.startswith("You build it")


def _other(version: Version) -> Any:
    decision = msgspec.structs.replace(version.manifest.decision, threshold=0.7)
    return msgspec.structs.replace(version.manifest, decision=decision)


class TestTheAnswer:
    """A finding is closed by two people: one mends and shows it, the other looks."""

    @pytest.fixture
    def found(self, life: Life, version: Version) -> ValidationFinding:
        return find(life, version)

    def test_nobody_but_the_owner_answers(self, life: Life, version: Version, found: ValidationFinding) -> None:
        for person in ("milo", "rita"):
            with pytest.raises(NotAllowed):
                life[person].answer_finding("V-1", version.name, "parity", "Done.")

    def test_evidence_from_before_shows_nothing(self, life: Life, version: Version, found: ValidationFinding) -> None:
        with pytest.raises(Invalid, match="older than the finding"):
            life["dana"].answer_finding("V-1", version.name, "parity", "Done.")
        with pytest.raises(NotFound):
            life["dana"].answer_finding("V-1", version.name, "winter", "Done.")
        other = life.version(models.project("another"))
        with pytest.raises(Invalid, match="another model"):
            life["dana"].answer_finding("V-1", other.name, "parity", "Done.")

    def test_what_is_not_answered_is_not_closed(self, life: Life, found: ValidationFinding) -> None:
        with pytest.raises(Conflict) as refused:
            life["rita"].judge_finding("V-1", True, "Fine.")
        assert refused.value.code == "E1586"

    def test_it_is_given_back_and_answered_again(self, life: Life, version: Version, found: ValidationFinding) -> None:
        mended(life, version)
        with pytest.raises(NotAllowed):
            life["dana"].judge_finding("V-1", True, "Fine.")
        back = life["rita"].judge_finding("V-1", False, "Two winters are not three.")
        assert (back.open, back.answered, back.notes) == (True, False, (f"{address('rita')}: Two winters are not three.",))
        mended(life, version)
        life["rita"].judge_finding("V-1", True, "Now they are.")
        with pytest.raises(Conflict) as refused:
            life["rita"].judge_finding("V-1", True, "Once more.")
        assert refused.value.code == "E1587"

    @pytest.mark.parametrize(
        ("words", "owner"), [(" ", "dana@trains.example"), (WORDS, "rita@trains.example"), (WORDS, "x@y.z")]
    )
    def test_what_is_no_finding_is_refused(self, life: Life, version: Version, words: str, owner: str) -> None:
        with pytest.raises(LampError):
            life["rita"].raise_finding(version.name, Weight.LOW, words, owner)
        assert life["rita"].validation_findings() == []


class TestOverdue:
    """What nobody answers in time is heard of."""

    @pytest.fixture
    def paged(self, tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
        """A platform with a channel that no project names."""
        with lived(tmp_path / "paged", f'webhooks = {{ pager = "{receiver.url}" }}\n') as life:
            yield life

    @on_each_database
    def test_its_owner_is_told_once_and_the_model_is_on_watch(self, paged: Life, receiver: Receiver) -> None:
        version = ready(paged)
        find(paged, version, Weight.LOW, days=3)
        validations.remind(paged.kit)
        assert paged.events(ValidationFindingOverdue) == []
        assert paged["rita"].status(MODEL).status[Aspect.GOVERNANCE] is Status.HEALTHY
        assert isinstance(said(paged, version), Passed)
        paged.clock.forward(4 * DAY)
        paged.look_until(lambda: receiver.told("V-1"))
        validations.remind(paged.kit)
        assert receiver.told("V-1") == [address("dana")]
        assert WORDS in receiver.of("V-1")[0]["data"]["text"]
        assert [event.person for event in paged.events(ValidationFindingOverdue)] == [address("dana")]
        state = paged["rita"].status(MODEL)
        assert (state.status[Aspect.GOVERNANCE], state.needs) == (Status.WATCH, address("dana"))
        assert isinstance(said(paged, version), Refused), "overdue ones block in this tier, whatever they weigh"

    def test_an_answer_takes_it_off_the_list_of_the_late(self, life: Life, version: Version) -> None:
        find(life, version, Weight.LOW, days=3)
        life.clock.forward(4 * DAY)
        mended(life, version)
        validations.remind(life.kit)
        assert life.events(ValidationFindingOverdue) == []
        assert life["rita"].status(MODEL).status[Aspect.GOVERNANCE] is Status.HEALTHY
