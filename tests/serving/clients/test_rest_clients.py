"""The clients that people have, unchanged but for the address and the token, hear what the model itself says."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.serving.clients.conftest import Proof

Run = Callable[..., Any]


def agree(answers: Mapping[str, list[float]], scores: list[float]) -> None:
    for name, got in answers.items():
        assert got == pytest.approx(scores, abs=1e-9), name


def test_tritonclient_over_http(run: Run, proof: Proof) -> None:
    answers = run("tensors", "triton_http")
    refusals = {name: answers.pop(name) for name in list(answers) if name.endswith("refusal")}
    assert len(answers) == 10
    agree(answers, proof.scores)
    assert len(refusals) == 2
    assert all("[422]" in text and "/columns/dep_delay missing" in text for text in refusals.values()), refusals


def test_the_pandas_codec_of_mlserver(run: Run, proof: Proof) -> None:
    answers = run("tensors", "mlserver_codec")
    assert list(answers) == ["probability"]
    agree(answers, proof.scores)


def test_the_rest_client_of_kserve(run: Run, proof: Proof) -> None:
    answers = run("rest", "kserve_rest")
    assert list(answers) == ["v1", "v2 binary True", "v2 binary False"]
    agree(answers, proof.scores)


def test_callers_of_the_scoring_server_of_mlflow(run: Run, proof: Proof) -> None:
    answers = run("rest", "mlflow_scoring")
    assert len(answers) == 10
    agree(answers, proof.scores)
