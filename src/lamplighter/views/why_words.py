"""Why it got worse, in one paragraph."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lamplighter.domain.contract import Meaning
from lamplighter.views.why import InputMoved, Why

#: Inputs that a sentence names.
_FEW = 5


def sentence(told: Why, meaning: Meaning, *, sliced: bool) -> str:
    """What the figures say."""
    form = ".0%" if meaning is Meaning.PROBABILITY else ".4g"
    often = "" if meaning is Meaning.PROBABILITY else " on average"
    said = f"it said {told.said:{form}}{often} and {told.came:{form}} came true"
    parts = [f"Since {_day(told.since)}: {said}." if told.since else f"In the newest window {said}."]
    parts += [_where(told, sliced=sliced), *_which(told.inputs)]
    return " ".join(parts).replace("%", " %")


def _where(told: Why, *, sliced: bool) -> str:
    if told.loss_before is None:
        return "There is no earlier window to compare it with."
    if told.loss <= told.loss_before:
        return f"It did not get worse: the {told.loss_name} is {told.loss:.4g} and was {told.loss_before:.4g}."
    if not sliced:
        return "Rows are not told apart: name slices in [monitor] to see where it is."
    first = next((one for one in told.slices if one.stands_out), None)
    if first is None:
        return "No slice stands out: the extra loss is spread as the rows are."
    share = f"{first.share:.0%}" if first.share < 1.0 else "All"
    return f"{share} of the extra loss goes together with {words(first.slice)}."


def _which(inputs: Sequence[InputMoved]) -> list[str]:
    matter = [one.column for one in inputs if one.matters]
    harmless = [one.column for one in inputs if one.moved and not one.matters]
    told = [f"Inputs that moved and matter: {_some(matter)}."] if matter else []
    if inputs and not matter:
        told = ["No input that matters moved."]
    return told + ([f"Moved, harmless: {_some(harmless)}."] if harmless else [])


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def words(name: str) -> str:
    """A slice as people write it: `origin = EWR, hour = 17 to 20`."""
    return ", ".join(part.replace("=", " = ", 1) for part in name.split(", "))


def _day(instant: int) -> str:
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return f"{moment.day} {moment:%b %Y}"
