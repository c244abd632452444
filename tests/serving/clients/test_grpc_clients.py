"""tritonclient over gRPC, unchanged but for the address and the token, hears what the model itself says."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.serving.clients.conftest import Proof


def test_tritonclient_over_grpc(run: Callable[..., Any], proof: Proof) -> None:
    told = run("tensors", "triton_grpc")
    assert (told["server"], told["versions"]) == ("lamplighter", ["3"])
    assert list(told["answers"]) == ["None", "gzip", "deflate", "chosen"]
    for name, scores in told["answers"].items():
        assert scores == pytest.approx(proof.scores, abs=1e-9), name
    assert told["refusals"] == {
        "missing": "StatusCode.INVALID_ARGUMENT",
        "version": "StatusCode.NOT_FOUND",
        "no version": "StatusCode.NOT_FOUND",
        "model": "StatusCode.NOT_FOUND",
        "stranger": "StatusCode.UNAUTHENTICATED",
        "stranger's question": "StatusCode.UNAUTHENTICATED",
        "id": "StatusCode.INVALID_ARGUMENT",
        "path": "StatusCode.NOT_FOUND",
    }
    recorded = [record for record in proof.ground.scored() if record.request == "order-7"]
    assert [(record.consumer, record.rows) for record in recorded] == [("booking", 60)] * 3
