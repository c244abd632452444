"""Each model's own OpenAPI document: valid, true to its columns, and kept by the server."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.serving.clients.conftest import ROOT, Proof
from tests.serving.groundwork import MODEL, TOKEN

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection,"
    "unsupported_method"
)


def test_the_document_is_valid_and_names_the_real_columns(run: Callable[..., Any], proof: Proof) -> None:
    document = run("rest", "openapi_valid")
    assert document["info"] == {"title": MODEL, "version": "3", "summary": f"Scores by {MODEL}@3."}
    assert sorted(document["paths"]) == [
        f"/m/{MODEL}{path}"
        for path in (
            "",
            "/health",
            "/invocations",
            "/openapi.json",
            "/ping",
            f"/v2/models/{MODEL}",
            f"/v2/models/{MODEL}/infer",
            f"/v2/models/{MODEL}/ready",
            "/version",
        )
    ]
    row = document["components"]["schemas"]["Row"]
    assert row["required"] == list(row["properties"]) == list(proof.columns)
    assert row["properties"]["carrier"] == {"type": "string", "examples": ["AA", "UA", "Ümlaut"]}
    assert row["properties"]["dep_delay"] == {"type": "number", "examples": [-10.5, 78.5]}
    assert row["properties"]["weekend"] == {"type": "boolean"}
    limits = {"minimum": -(2**63), "maximum": 2**63 - 1}
    assert row["properties"]["distance"] == {"type": "integer", "examples": [0, 2495]} | limits


def test_schemathesis_finds_nothing_that_the_document_does_not_say(proof: Proof, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{proof.ground.port}/m/{MODEL}/openapi.json"
    command = [
        str(ROOT / ".venv-clients/rest/bin/schemathesis"),
        "run",
        address,
        "--url",
        f"http://127.0.0.1:{proof.ground.port}",
    ]
    options = ["--header", f"Authorization: Bearer {TOKEN}", "--checks", CHECKS, "--max-examples", "15", "--seed", "1"]
    done = subprocess.run(
        [*command, *options, "--phases", "examples,coverage,fuzzing"], cwd=tmp_path, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
