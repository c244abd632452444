"""Why uv could not bring packages, and what to do about it, in our words: which requirement it is about, and no host, path or
password of what uv says."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lamplighter.domain.names import distribution_key

_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: A distribution with its version as uv writes it; extras and markers stand behind the name.
_PACKAGE = r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:[\[{<>=!~]\S*)?"
#: Where something could be fetched from.
_PLACE = re.compile(r"Failed to (?:fetch|download|query)\S*\s+[`'\"]?(\S+)")
_STATUS = re.compile(r"\b(?:401 Unauthorized|403 Forbidden)\b")
_ASK_INDEX = "Let uv reach your package index (UV_DEFAULT_INDEX, UV_INDEX), and repeat."


class Unresolved(NamedTuple):
    """What is wrong, in one sentence without its full stop, and what to do."""

    why: str
    fix: str


def read(told: str, lines: Sequence[str]) -> Unresolved:
    """What uv said of these requirements."""
    text = " ".join(told.split())
    by_name = {distribution_key(_NAME.match(line)[0]): line for line in lines if _NAME.match(line)}  # type: ignore[index]
    for pattern, say in _CASES.items():
        found = re.search(pattern, text)
        if found is not None:
            return say([by_name.get(distribution_key(part or ""), part or "") for part in found.groups()], text)
    if _PLACE.search(text) or "error sending request" in text or "timed out" in text:
        return _unreached(text, by_name)
    return Unresolved("uv gave no reason that is known here", "Run uv pip install with these requirements by hand to see it.")


def _unreached(text: str, by_name: Mapping[str, str]) -> Unresolved:
    place = _PLACE.search(text)
    parts = [part for part in re.split(r"[/`'\"?#]", place[1]) if part] if place else []
    # Of a page of an index the last part is the name; of a file, what stands before its version.
    names = [distribution_key(part) for part in parts[-1:]] + [distribution_key(part.partition("-")[0]) for part in parts[-1:]]
    about = next((f" for {by_name[name]}" for name in names if name in by_name), "")
    return _closed(about) if _STATUS.search(text) else Unresolved(f"the package index could not be reached{about}", _ASK_INDEX)


def _closed(about: str) -> Unresolved:
    fix = "Give uv the address of your package index with its credentials (UV_DEFAULT_INDEX), and repeat."
    return Unresolved(f"the package index refused uv{about}", fix)


def _absent(parts: Sequence[str], text: str) -> Unresolved:
    if _STATUS.search(text):
        return _closed(f" for {parts[0]}")
    if "network was disabled" in text or "found in the cache" in text:
        return Unresolved(f"{parts[0]} is not in the cache of uv, which may reach no index", f"Unset UV_OFFLINE. {_ASK_INDEX}")
    return Unresolved(
        f"no package index that uv asks knows {parts[0]}", "Correct its name, or name the index that has it (UV_INDEX)."
    )


def _no_release(parts: Sequence[str], _: str) -> Unresolved:
    return Unresolved(f"there is no release that fits {parts[0]}", "Name a release that there is.")


def _no_wheel(parts: Sequence[str], _: str) -> Unresolved:
    return Unresolved(
        f"{parts[0]} has no wheel for Python {_HERE} on this system, and nothing is built from source",
        "Name a release that has one, or build a wheel and tell uv where it lies (UV_FIND_LINKS).",
    )


def _other_python(parts: Sequence[str], _: str) -> Unresolved:
    return Unresolved(f"{parts[0]} does not run on Python {_HERE}", f"Name a release that runs on Python {_HERE}.")


def _at_odds(parts: Sequence[str], _: str) -> Unresolved:
    return Unresolved(f"{parts[0]} and {parts[1]} do not go together", "Name releases that fit each other.")


def _contradictory(parts: Sequence[str], _: str) -> Unresolved:
    return Unresolved(f"no release can fit {parts[0]}", "Name one release of it.")


def _unread(_: Sequence[str], __: str) -> Unresolved:
    return Unresolved("a requirement is not written as one", "Write a name and a release, such as pandas==2.3.3.")


#: A package that uv gives as a reason.
_BECAUSE = rf"[Bb]ecause (?:all versions of )?{_PACKAGE}"
#: What uv says, most telling first, and what that means. A package that is named here is one of the requirements, or one that
#: they need.
_CASES: Mapping[str, Callable[[Sequence[str], str], Unresolved]] = {
    rf"does not satisfy Python\S* and (?:all versions of )?{_PACKAGE} depends? on Python": _other_python,
    rf"{_BECAUSE} depends? on Python": _other_python,
    rf"{_BECAUSE} (?:has|have) no (?:usable |compatible )?(?:wheels|source distribution|matching)": _no_wheel,
    rf"{_BECAUSE} was not found in the": _absent,
    rf"[Bb]ecause there (?:is|are) no versions? of {_PACKAGE}": _no_release,
    rf"[Bb]ecause only (?:the following versions of )?{_PACKAGE}": _no_release,
    rf"{_BECAUSE} depends? on {_PACKAGE}": _at_odds,
    rf"you require {_PACKAGE} and \S+, which are incompatible": _contradictory,
    r"Couldn't parse requirement": _unread,
}
