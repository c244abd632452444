"""The help: every command is listed once, works, fits the terminal; words that are nearly right get a hint."""

import pytest
from tests.cli.commands import here, lamp, told
from tests.cli.memory import Memory

from lamplighter import __version__
from lamplighter.cli.headings import HEADINGS
from lamplighter.cli.root import Root
from lamplighter.cli.table import WIDTH

ROOT = Root("lamp", HEADINGS)
LISTED = [(heading, name) for heading, entries in HEADINGS.items() for name in entries]


def verbs() -> list[tuple[str, ...]]:
    """Every command line that names a command, nouns with each of their verbs."""
    found: list[tuple[str, ...]] = []
    for _, name in LISTED:
        command = ROOT.get_command(None, name)  # type: ignore[arg-type]
        found += [(name, verb) for verb in getattr(command, "commands", {})] or [(name,)]
    return found


def test_the_version() -> None:
    assert lamp("--version") == (0, f"lamp {__version__}\n", "")


def test_the_version_behind_a_flag() -> None:
    assert lamp("--json", "--version") == (0, f"lamp {__version__}\n", "")


def test_the_help_has_every_heading_and_command_and_fits() -> None:
    outcome = lamp("--help")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert [line for line in lines if line.isupper()] == list(HEADINGS)
    assert [line for line in lines if len(line) > WIDTH] == []
    assert all(any(line.startswith(f"  {name} ") for line in lines) for _, name in LISTED)
    assert lamp("help") == outcome
    assert lamp("-h") == outcome


def test_a_name_stands_under_one_heading() -> None:
    names = [name for _, name in LISTED]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("heading", "name"), LISTED)
def test_the_listed_form_names_the_verbs_of_a_noun(heading: str, name: str) -> None:
    command = ROOT.get_command(None, name)  # type: ignore[arg-type]
    known = getattr(command, "commands", None)
    assert command is not None
    assert command.name == name
    if known:
        assert HEADINGS[heading][name].form.split("|") == list(known)


@pytest.mark.parametrize("words", verbs(), ids=" ".join)
def test_every_verb_has_its_help(words: tuple[str, ...]) -> None:
    outcome = told(Memory(), *words, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: lamp {' '.join(words)} ")
    assert [line for line in outcome.out.splitlines() if len(line) > WIDTH] == []
    assert outcome.out.endswith("\nAlso: --json -q -v --url --yes --no-color --timeout -C (lamp --help)\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("statsu",), "Did you mean lamp status?"),
        (("approvals", "aprove"), "Did you mean lamp approvals approve?"),
        (("status", "--jsn"), "Did you mean --json?"),
        (("xyzzy",), "See lamp --help."),
    ],
)
def test_a_word_that_is_nearly_right(words: tuple[str, ...], hint: str) -> None:
    outcome = here(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"  Fix   {hint}\n" in outcome.err


def test_a_noun_alone_says_what_it_can() -> None:
    outcome = here("approvals")
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: lamp approvals ")


def test_exit_codes() -> None:
    assert lamp("help", "exit-codes").out == (
        "How a command ends.\n"
        "  0    Done.\n"
        "  1    Failed: a defect, or something that this needs cannot be reached.\n"
        "  2    The input has the wrong form or a value that cannot be.\n"
        "  3    The thing named does not exist, or may not be seen by the caller.\n"
        "  4    The caller is not known. The caller is known but may not do this.\n"
        "  5    A check, a gate or the policy says no; waiting for people counts as no.\n"
        "  6    Somebody else changed it first, or the thing is in a state from which\n"
        "       this move does not exist.\n"
        "  7    The wait ended before the operation did; the operation continues.\n"
        "  8    The thing asked about is failing, or a rollout stopped itself.\n"
        "  130  Interrupted; the last line says what holds now.\n"
    )


@pytest.mark.parametrize(
    ("topic", "word"), [("refs", "late-flights@prev"), ("env", "LAMP_PORT"), ("words", "monitor-technical")]
)
def test_the_other_topics(topic: str, word: str) -> None:
    assert f"  {word} " in here("help", topic).out


def test_an_unknown_topic() -> None:
    outcome = here("help", "exit-code")
    assert (outcome.code, "Did you mean exit-codes?" in outcome.err) == (3, True)


@pytest.mark.parametrize(("shell", "word"), [("zsh", "#compdef lamp"), ("fish", "complete --no-files --command lamp")])
def test_completion(shell: str, word: str) -> None:
    assert word in here("completion", shell).out


def test_the_completion_completes() -> None:
    outcome = lamp(_LAMP_COMPLETE="bash_complete", COMP_WORDS="lamp roll", COMP_CWORD="1")
    assert outcome.out.split() == ["plain,rollback", "plain,rollout"]
