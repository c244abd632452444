"""The rule book: it reads, it never means something by silence, and any change is another revision."""

import re

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.checklist import Item
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Invalid
from lamplighter.domain.policy import Answer, read_policy
from lamplighter.domain.record import canonical


def test_the_starter_rule_book_reads() -> None:
    policy = specimens.starter()
    assert (policy.name, policy.version, [tier.name for tier in policy.tier]) == (
        "starter",
        1,
        ["internal", "mission-critical"],
    )
    internal, critical = policy.tier
    assert (internal.critical, critical.critical) == (False, True)
    assert (internal.technical, critical.technical) == (Answer.NOTIFY, Answer.ROLL_BACK)
    assert critical.rules(Level.PRODUCTION).approvals == ("business", "it")
    assert policy.rank("internal") < policy.rank("mission-critical")


@pytest.mark.parametrize("tier", [0, 1])
@pytest.mark.parametrize("level", list(Level))
def test_silence_about_a_level_is_refused(tier: int, level: Level) -> None:
    text = specimens.starter_text()
    found = list(re.finditer(rf"^\[tier\.levels\.{level}\]$", text, re.MULTILINE))[tier]
    silent = text[: found.start()] + "[tier.unheard]" + text[found.end() :]
    with pytest.raises(Invalid):
        read_policy(silent)
    rest = re.search(r"^\[", text[found.end() :], re.MULTILINE)
    gone = text[: found.start()] + (text[found.end() + rest.start() :] if rest else "")
    with pytest.raises(Invalid) as caught:
        read_policy(gone)
    name = ("internal", "mission-critical")[tier]
    assert caught.value.why == f"Tier {name} says nothing about {level}, and silence would mean no gate."
    assert caught.value.fix == f"Add [tier.levels.{level}]."


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('tier = "internal"', 'tier = "internl"', "A rule names a tier that does not exist."),
        ('technical = "notify"', 'technical = "ignore"', "$.tier[0].technical"),
        ("critical = false", "critical = 0", "$.tier[0].critical"),
        ("critical = false\n", "", "critical"),
        ('summary = "Serves internal', 'sumary = "Serves internal', "sumary"),
        ('approvals = ["business", "it"]', 'approval = ["business"]', "approval"),
        ('approvals = ["business", "it"]', 'approvals = ["business", "legal"]', "approvals"),
        ('loss = ["large"]', 'loss = ["huge"]', "$.criticality[0].loss[0]"),
        ('escalate_after = "8h"', 'escalate_after = "soon"', "escalate_after"),
        ("expires_after_days = 365", 'expires_after_days = "never"', "$.tier[0].expires_after_days"),
        ("steps = [20, 100]", "steps = [100, 20]", "percents that rise"),
        ('each = "30s"', 'each = "a while"', "length of time"),
        ("{ errors = 0.02 }", "{ error = 0.02 }", "`error`"),
        ('name = "internal"\nsummary', 'name = "mission-critical"\nsummary', "mission-critical"),
        ('gates = ["data_checks", "load_check", "performance",', 'gates = ["parity",', "parity can never be waived"),
        ('"vulnerabilities", "checklist"]', '"acceptance"]', "acceptance can never be waived"),
        ('waivers = { by = ["risk"]', 'waivers = { by = ["ml-engineer"]', "The role ml-engineer accepts nothing"),
        ('waivers = { by = ["risk"]', 'waivers = { by = ["nobody"]', "waivers"),
        ('longest = "90d"', 'longest = "long"', "waivers of internal"),
        ('severity = "high"', 'severity = "dire"', "$.checklist[0].severity"),
        ('check = "summary"', 'check = "sumary"', "$.checklist[0].check"),
        ('check = "summary"\n', "", "$.checklist[0]"),
        ('name = "limitations"\n', 'name = "summary"\n', "checklist[1]: name: two items are called summary"),
        ('name = "summary"\n', 'name = "Summary"\n', "checklist[0]: A name has 1 to 63"),
        ('sentence = "The model says in a sentence what it does."', 'sentence = " "', "checklist[0]: sentence"),
        ("least = 1000\n", "", "checklist[8]: least"),
        ('check = "summary"\n', 'check = "summary"\nleast = 2\n', "checklist[0]: least has no effect on summary"),
        ('check = "summary"\n', 'check = "summary"\nowner = "me"\n', "owner"),
        ('name = "starter"', 'name = "starter', "line"),
        ("version = 1", "version = 1\nreviewed = true", "reviewed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old: str, new: str, named: str) -> None:
    text = specimens.starter_text()
    assert old in text
    with pytest.raises(Invalid) as caught:
        read_policy(text.replace(old, new, 1))
    assert named in f"{caught.value.what} {caught.value.why}"


def test_a_rule_book_without_tiers_is_none() -> None:
    with pytest.raises(Invalid):
        read_policy('name = "empty"\nversion = 1\ntier = []\ncriticality = []\n')


def test_a_rule_book_without_a_checklist_keeps_the_bytes_that_it_had() -> None:
    text = re.sub(r"\[\[checklist\]\]\n(.+\n)+", "", specimens.starter_text())
    book = read_policy(text)
    assert book.items == ()
    assert b"checklist" not in canonical(msgspec.structs.replace(book, tier=()))
    assert len(specimens.starter().items) > 10


def test_the_gate_is_asked_with_the_items_of_the_rule_book() -> None:
    book = specimens.starter()
    (use,) = [one for one in book.uses(book.tier[1], Level.PRODUCTION) if one["use"] == "checklist"]
    assert use["limit"] == "medium"
    assert msgspec.convert(use["items"], tuple[Item, ...]) == book.items
    others = [one for one in book.uses(book.tier[1], Level.PRODUCTION) if one["use"] != "checklist"]
    assert all("items" not in one for one in others)


def test_any_change_is_another_revision() -> None:
    text = specimens.starter_text()
    assert specimens.starter().digest == read_policy("# another comment\n" + text).digest
    for old, new in [("least_rows = 1000", "least_rows = 999"), ("365", "366"), ('approvals = ["business", "it"]\n', "")]:
        assert read_policy(text.replace(old, new, 1)).digest != specimens.starter().digest
