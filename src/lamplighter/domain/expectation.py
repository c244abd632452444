"""How the answers of a model have to follow one input, as `lamp.toml` declares it: a metamorphic expectation."""

from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings

#: Expectations of one model at most.
MOST = 50


class Course(StrEnum):
    """How the answer follows the input, everything else staying as it is."""

    #: The score never falls when the input is raised.
    NEVER_FALLS = "never-falls"
    #: The score never rises when the input is raised.
    NEVER_RISES = "never-rises"
    #: The decision stays the same whatever the input holds; for a model of numbers, the number.
    UNCHANGED = "unchanged"


class Expectation(Settings, frozen=True):
    """One expectation; it is tried on the rows of the sample with the values that were seen there."""

    #: Name of the input.
    input: str
    expect: Course
    #: Share of rows that may break it.
    most: float = 0.0

    def __str__(self) -> str:
        told = {
            Course.NEVER_FALLS: f"a higher {self.input} never lowers the score",
            Course.NEVER_RISES: f"a higher {self.input} never raises the score",
            Course.UNCHANGED: f"{self.input} changes no decision",
        }
        return told[self.expect]


def check_expectations(expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
    """The expectations themselves if each stands once and can be held; raises `Invalid`."""
    pairs = [(one.input, one.expect) for one in expectations]
    if len(set(pairs)) < len(pairs) or len(pairs) > MOST:
        raise _invalid(f"They name an input with what is expected once, and are {MOST} at most.", "Shorten [[expectation]].")
    wrong = next((one for one in expectations if not one.input or not 0.0 <= one.most < 1.0), None)
    if wrong is not None:
        raise _invalid(
            "One names no input, or a share of rows that is not from 0 to below 1.",
            "Write input, and most = 0.01 for one row in a hundred, or leave most out.",
        )
    return expectations


def _invalid(why: str, fix: str) -> Invalid:
    return Invalid("The expectations of a model are not valid.", why=why, fix=fix, code="E1250")
