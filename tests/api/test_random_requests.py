"""Whatever comes, no request makes the platform fail: it is taken, or refused with a reason."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.arguments import harmless, request_of
from tests.api.doorways import KNOWN, Doorways
from tests.api.test_problems import replaced, token

from lamplighter.sdk.door import Door
from lamplighter.sdk.interface import DOORS

_TEXT = st.one_of(
    st.sampled_from(["", "\x00", "..", "../..", "@", "late@live", "x" * 5000, "é", "\U0001f6a6", "1", "NaN", "true", "dev"]),
    st.text(max_size=12),
    st.text(alphabet=string.ascii_lowercase + string.digits + "-@.:/", max_size=12),
)
_NUMBERS = st.one_of(
    st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 1e308, -0.0, 5e-324]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
_LEAVES = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXT)
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=8
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of plain data, the whole of it left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, one in inner for found in ((*path, name), *places(one, (*path, name)))]


def known(door: Door) -> dict[str, Any]:
    """Arguments that name what is there, so that a verb gets further; a deployment still goes nowhere."""
    names = {"model": KNOWN, "reference": f"{KNOWN}@1", "environment": "nowhere" if door.name == "deploy" else "dev"}
    arguments = harmless(door)
    return {name: names.get(name, value) if isinstance(value, str) else value for name, value in arguments.items()}


@st.composite
def requests(draw: st.DrawFn, door: Door) -> tuple[str, str, Any]:
    """A request for a door in which one or two places hold something else."""
    arguments: Any = draw(st.sampled_from([harmless(door), known(door)]))
    for path in draw(st.lists(st.sampled_from(places(arguments)), max_size=2)) if arguments else ():
        # The first change may have taken the place of the second away.
        if path in places(arguments):
            arguments = replaced(arguments, path, draw(_TEXT | _NUMBERS if path[0] in door.places else _JSON))
    method, path, body = request_of(door, arguments)
    whole = draw(st.integers(0, 9)) == 0
    return method, path, draw(_JSON) if whole and body is not None else body


@pytest.mark.parametrize("name", sorted(DOORS))
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_request_makes_it_fail(doorways: Doorways, name: str, data: st.DataObject) -> None:
    door = DOORS[name]
    method, path, body = data.draw(requests(door))
    answer = doorways.ask(method, path, token(doorways, door), body)
    assert answer.status_code < 500, f"{method} {path} {body}: {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
