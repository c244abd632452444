"""Validations on the command line."""

from tests.cli.commands import told
from tests.cli.memory import NOON, Memory
from tests.domain import specimens

from lamplighter.domain.validation import Weight

WORDS = "It was never tried on winter."


def test_a_finding_is_raised_answered_and_closed() -> None:
    platform = Memory()
    raised = told(
        platform,
        *("validate", "find", "late-flights@8", "--severity", "high", "--words", WORDS, "--owner", "ada@example.com"),
    ).out
    assert raised == (
        "✓ V-1 is written down; ada@example.com has to answer it until 2026-03-17 14:32\n"
        "CET.\n"
        "  found  by rita@example.com, 2026-03-03 14:32 CET: It was never tried on\n"
        "         winter.\n"
        "  owner  ada@example.com, due 2026-03-17 14:32 CET\n"
        "Next: lamp validate show V-1      lamp status late-flights\n"
        "http://127.0.0.1:7070/validations/V-1\n"
    )
    answered = told(
        platform, "validate", "answer", "V-1", "--by", "late-flights@8", "--evidence", "fairness", "--note", "Three winters."
    ).out
    assert "answered, waits for a validator" in answered
    assert "Evidence: fairness of late-flights@8" in " ".join(answered.split())
    assert "Next: lamp validate close V-1 --note WHAT" in answered
    assert ": closed.\n" in told(platform, "validate", "close", "V-1", "--note", "Read them.").out
    assert "validator  Two are not three." in told(platform, "validate", "return", "V-1", "--note", "Two are not three.").out
    assert platform.deeds == [
        ("raise_finding", "late-flights@8", Weight.HIGH, WORDS, "ada@example.com", 0),
        ("answer_finding", "V-1", "late-flights@8", "fairness", "Three winters."),
        ("judge_finding", "V-1", True, "Read them."),
        ("judge_finding", "V-1", False, "Two are not three."),
    ]


def test_overdue_ones_stand_in_what_waits_and_in_the_status() -> None:
    late = specimens.validation_finding(owner="ivo@example.com")
    fresh = specimens.validation_finding(id="V-2", weight=Weight.LOW, due_at=2**52)
    platform = Memory(validated=[late, fresh])
    assert told(platform, "validate", "list").out.startswith("2 findings of validations are open, 1 overdue.\n")
    waits = told(platform, "approvals", "list").out
    assert "V-1" in waits
    assert "V-2" not in waits
    assert "lamp validate show V-1" in waits
    shown = told(platform, "status", "late-flights").out
    assert "V-1 (high, overdue)" in shown
    assert "V-2 (low, open)" in shown


def test_an_answered_one_waits_for_a_validator() -> None:
    platform = Memory(validated=[specimens.validation_finding(answered_at=NOON, answer="Mended.")])
    waits = told(platform, "approvals", "list").out
    assert waits.startswith("1 of 2 wait for you.\n")
    assert "answered, waits for a validator" in " ".join(waits.split())
    platform.me = specimens.PEOPLE[specimens.RITA]
    assert told(platform, "approvals", "list").out.startswith("2 of 2 wait for you.\n")


def test_a_version_is_validated_with_what_is_left() -> None:
    platform = Memory()
    done = told(platform, "validate", "conclude", "late-flights@8", "--note", "Read the code.").out
    assert " ".join(done.split()).startswith(
        "✓ late-flights@8 was validated by ivo@example.com. No finding of a validation is open."
    )
    assert platform.deeds == [("conclude_validation", "late-flights@8", "Read the code.")]
