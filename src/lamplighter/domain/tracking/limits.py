"""How much of everything is taken. The lengths are those of MLflow's own server."""

from collections.abc import Mapping

from lamplighter.domain.errors import Invalid

#: Characters of a key, of a value of a parameter, and of a value of a tag.
KEY, PARAM, TAG = 250, 6_000, 8_000
#: Characters of the name of an experiment, a run or a model, and of a description.
NAME, DESCRIPTION = 500, 5_000
#: Metrics, parameters and tags of one batch.
METRICS, PARAMS, TAGS = 1_000, 100, 100
#: Metrics, parameters and tags of one batch together.
BATCH = 1_000
#: Entries of one page; more are on the next.
PAGE, DEFAULT_PAGE = 5_000, 1_000
#: Data sets of a run, and models that it reads or makes.
RELATED = 1_000


class OverLimit(Invalid):
    """Something is longer, or there is more of it, than is taken."""

    code = "E1800"


def over(what: str, limit: int) -> OverLimit:
    """The refusal."""
    return OverLimit(f"{what} is over the limit.", why=f"At most {limit:,} are taken.", fix="Send less at once, or shorten it.")


def check_text(what: str, text: str, limit: int) -> str:
    """The text itself; raises `OverLimit`, and `Invalid` for one that no database keeps."""
    if len(text) > limit:
        raise over(f"{what} ({len(text):,} characters)", limit)
    if "\x00" in text:
        raise Invalid(f"{what} cannot be kept.", why="It holds a zero byte.", fix="Leave it out.", code="E1801")
    return text


def check_name(what: str, name: str) -> str:
    """The name itself; raises what is wrong with it."""
    if not name.strip():
        raise Invalid(f"{what} is empty.", why="Something of no name is not found again.", fix="Give it a name.", code="E1802")
    return check_text(what, name, NAME)


def check_pairs(what: str, pairs: Mapping[str, str], longest: int) -> None:
    """Raise what is wrong with a key or a value."""
    for key, value in pairs.items():
        check_key(f"A key of {what}", key)
        check_text(f"A value of {what}", value, longest)


def check_key(what: str, key: str) -> str:
    """The key itself; raises what is wrong with it."""
    if not key:
        raise Invalid(f"{what} is empty.", why="A value of no name is not found again.", fix="Name it.", code="E1802")
    return check_text(what, key, KEY)
