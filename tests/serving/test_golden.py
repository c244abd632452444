"""A version is ready only after it has scored its golden rows as it did when it was registered."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, Ground, contract, plan, put, until

from lamplighter.domain.golden import Golden
from lamplighter.domain.record import canonical
from lamplighter.domain.route import ModelRoute, Served
from lamplighter.domain.version import Artifact, Manifest
from lamplighter.serving.compiled import native
from lamplighter.serving.compiled.model import BodyScorer, ScoredBodies
from lamplighter.serving.compiled.plan import write
from lamplighter.serving.golden import open_ready
from lamplighter.serving.runtimes.base import NOTHING, Unloadable

ROWS: dict[str, Any] = {"dep_delay": [5.0, None], "distance": [1000, 0], "carrier": ["UA", None]}


def golden(ground: Ground, number: int, content: bytes) -> Served:
    """A version with these golden rows; its model gives 16 and 0."""
    parts = {"plan": write(plan()), "golden": content}
    artifacts = tuple(
        Artifact(role=role, name=f"{role}.json", digest=put(ground.artifacts, part), size=len(part), format="json")
        for role, part in parts.items()
    )
    manifest = Manifest(model=MODEL, runtime="compiled", contract=contract(), artifacts=artifacts)
    return Served(number=number, digest=put(ground.artifacts, canonical(manifest)))


def as_golden(columns: Any = ROWS, scores: Any = (16.0, 0.0), tolerance: float = 1e-6) -> bytes:
    return canonical(Golden(columns=columns, scores=scores, tolerance=tolerance))


#: Golden rows that keep a version from being ready, and what the reason says.
WRONG = [
    (as_golden(scores=(16.0, 0.001)), "0.001 away"),
    (as_golden(scores=(16.0,)), "do not fit"),
    (as_golden({"dep_delay": [1.0]}, (1.0,)), "do not fit its contract"),
    (as_golden({name: [] for name in ROWS}, ()), "do not fit its contract"),
    (b"[]", "have a form that this release does not read"),
]


@pytest.mark.parametrize(("content", "why"), WRONG, ids=map(str, range(len(WRONG))))
def test_a_version_that_answers_otherwise_is_never_ready(tmp_path: Path, content: bytes, why: str) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=golden(ground, 1, content)))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        (reason,) = ground.reports()[0].refused.values()
        assert why in reason
        caller = ground.caller()
        assert caller.get(f"/v2/models/{MODEL}/ready")[0] == 503
        assert caller.infer()[0] == 503


def test_a_wrong_version_leaves_the_one_before_it_in_its_place(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=golden(ground, 1, as_golden())))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        caller = ground.caller()
        assert caller.get(f"/v2/models/{MODEL}/ready")[:2] == (200, {"name": MODEL, "ready": True})
        revision = ground.route(ModelRoute(model=MODEL, champion=golden(ground, 2, as_golden(scores=(16.1, 0.0)))))
        until(lambda: ground.adopted(revision))
        status, _, headers = caller.infer()
        assert (status, headers["Lamp-Version"]) == (200, f"{MODEL}@1")
    assert ground.scored()[0].number == 1


@pytest.mark.skipif(not native.is_built(), reason="there is no C compiler on this machine")
def test_golden_rows_are_proved_as_bodies_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Ground(tmp_path)
    served = golden(ground, 1, as_golden())
    asked = []

    def wrong(self: BodyScorer, name: bytes, bodies: list[bytes]) -> ScoredBodies:
        asked.append((name, bodies))
        return ScoredBodies([16.0, 1.0], [2], [memoryview(b"")])

    monkeypatch.setattr(BodyScorer, "score", wrong)
    with pytest.raises(Unloadable, match="1 away"):
        asyncio.run(open_ready(MODEL, served, ground.artifacts, NOTHING))
    assert len(asked) == 1
