"""One customer, one version: by a header, or by the value of a declared column."""

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.serving.groundwork import MODEL, Ground, inference, until

from lamplighter.domain.route import ModelRoute, Served, takes_challenger
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.problems import Refusal
from lamplighter.serving.sticky import Key, key_of

ROUTE = ModelRoute(
    model=MODEL, champion=Served(number=1, digest="1"), challenger=Served(number=2, digest="2"), sticky="customer"
)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.lists(st.text() | st.integers(), min_size=1, max_size=20))
def test_a_customer_sees_one_version_a_step_and_moves_only_forward(shares: list[float], customers: list[str | int]) -> None:
    moved: set[str | int] = set()
    for share in sorted(shares):
        route = msgspec.structs.replace(ROUTE, share=share)
        seen = {
            customer: {
                takes_challenger(route, key.text)
                for request in ("r1", "r2", "r3")
                if isinstance(key := key_of("", "customer", Question({"customer": [customer] * 2}, 2), "app", request), Key)
            }
            for customer in customers
            if customer != ""
        }
        assert all(len(versions) == 1 for versions in seen.values())
        on_trial = {customer for customer, versions in seen.items() if versions == {True}}
        assert moved <= on_trial
        moved = on_trial


def test_what_decides_and_whose_rows_they_are() -> None:
    def asked(said: str, column: str, values: list[object]) -> Key | Refusal:
        return key_of(said, column, Question({"customer": values}, len(values)), "app", "r1")

    assert asked("", "customer", [7, 7]) == Key("7", "app\x007")
    assert asked("ann", "customer", [7, 8]) == Key("ann", "app\x00ann")
    assert asked("", "customer", [None]) == Key("app\x00r1")
    assert asked("", "", [7, 8]) == Key("app\x00r1")
    mixed = asked("", "customer", [7, 8])
    assert isinstance(mixed, Refusal)
    assert mixed.slug == "mixed-keys"


def test_processes_and_restarts_agree_about_a_column(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    route = ModelRoute(
        model=MODEL, champion=ground.version(1), challenger=ground.version(2, 100.0), share=0.4, sticky="distance"
    )
    expected = {distance: "2" if takes_challenger(route, str(distance)) else "1" for distance in range(1, 31)}
    assert len(set(expected.values())) == 2
    for _ in range(2):
        revision = ground.route(route)
        with ground.serving(2):
            until(lambda revision=revision: ground.adopted(revision, 2))  # type: ignore[misc]
            callers = [ground.caller() for _ in range(2)]
            seen = {
                distance: {caller.post(f"/v2/models/{MODEL}/infer", _row(distance))[1]["model_version"] for caller in callers}
                for distance in expected
            }
            assert seen == {distance: {version} for distance, version in expected.items()}
            mixed = _row(1, 2)
            assert callers[0].post(f"/v2/models/{MODEL}/infer", mixed)[0] == 422
            assert callers[0].post(f"/v2/models/{MODEL}/infer", mixed, Lamp_Key="both")[0] == 200


def _row(*distances: int) -> dict[str, object]:
    body = inference(len(distances))
    body["inputs"][1]["data"] = list(distances)
    return body
