"""The end of a model on the command line."""

from tests.cli.commands import told
from tests.cli.memory import Memory

MODEL = "late-flights"


def test_it_is_announced_with_everybody_it_concerns() -> None:
    platform = Memory()
    done = told(
        platform, "retire", "start", MODEL, "--reason", "Too old.", "--by", "2027-03-31T00:00Z", "--successor", "late-flights-2"
    )
    assert done.out == (
        "✓ X-1 is announced. late-flights ends on 31 Mar 2027 00:00 UTC; late-flights-2\n"
        "takes its place.\n"
        "  asked by    ada@example.com, 2026-03-03 14:32 CET: Too old.\n"
        "  until       2027-03-31 02:00 CEST\n"
        "  successor   late-flights-2\n"
        "  business    has not said\n"
        "  in the way  booking calls it, and bea@example.com has not agreed.\n"
        "  CONSUMER  OWNER            KNOWN       REQUESTS  LAST        STANDS\n"
        "  booking   bea@example.com  declared    3         2026-03-03  waiting\n"
        "  display   ina@example.com  registered  0         -           gone\n"
        "Next: lamp retire finish late-flights\n"
        "      lamp retire cancel late-flights --reason WHY\n"
        "http://127.0.0.1:7070/m/late-flights/retirement\n"
    )
    assert platform.deeds == [("retire", MODEL, "Too old.", 1_806_451_200_000_000, "late-flights-2")]


def test_words_are_given_for_one_consumer_and_for_the_business_side() -> None:
    platform = Memory()
    for words in (
        ("consent", "--for", "booking"),
        ("refuse", "--for", "booking", "--reason", "Not in summer."),
        ("approve", "--agree"),
    ):
        assert told(platform, "retire", words[0], MODEL, *words[1:]).code == 0
    assert platform.deeds == [
        ("consent_to_retirement", MODEL, "booking", True, ""),
        ("consent_to_retirement", MODEL, "booking", False, "Not in summer."),
        ("approve_retirement", MODEL, True, ""),
    ]


def test_it_ends_and_comes_back() -> None:
    platform = Memory()
    finished = told(platform, "retire", "finish", MODEL).out
    assert finished.startswith("✓ late-flights is retired. Whoever asks for it in prod is told so.\n")
    assert "Next: lamp retire revive late-flights --reason WHY\n" in finished
    assert told(platform, "retire", "revive", MODEL, "--reason", "Again.").out.startswith(
        "✓ late-flights may be deployed again."
    )
    assert told(platform, "retire", "cancel", MODEL, "--reason", "No.").out.startswith(
        "✓ X-1 is cancelled: late-flights goes on."
    )


def test_what_waits_stands_among_approvals() -> None:
    platform = Memory()
    platform.ends = True
    lines = told(platform, "approvals", "list").out
    assert "X-1" in lines
    assert f"lamp retire show {MODEL}" in lines
    listed = told(platform, "retire", "list").out
    assert listed.splitlines()[0] == "1 retirement."
