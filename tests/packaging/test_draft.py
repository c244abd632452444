"""From a model to a draft, and what stops it."""

import asyncio
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import lightgbm
import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV  # type: ignore[import-untyped]
from sklearn.compose import make_column_transformer  # type: ignore[import-untyped]
from sklearn.decomposition import PCA  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.linear_model import LinearRegression, LogisticRegression  # type: ignore[import-untyped]
from sklearn.naive_bayes import GaussianNB  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder  # type: ignore[import-untyped]

from lamplighter.domain.contract import Kind, Unknown
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, Badge, Provenance, address
from lamplighter.packaging.draft import Draft, draft, with_artifacts
from lamplighter.packaging.fact import Fact
from lamplighter.serving.runtimes import compiled


def facts(found: Draft, kind: str) -> list[Fact]:
    return [fact for fact in found.evidence if fact.kind == kind]


@pytest.fixture(scope="module")
def light(flights: Any) -> Draft:
    model = flights.fitted(lightgbm.LGBMClassifier(n_estimators=80, verbose=-1))
    provenance = Provenance(commit="abc", licence="MIT")
    return draft(
        model, "late-flights", flights.table, labels=flights.late, nullable=["delay"], threshold=0.4, provenance=provenance
    )


def test_the_manifest_of_a_compiled_pipeline(light: Draft, flights: Any) -> None:
    manifest = light.manifest
    assert (manifest.model, manifest.runtime, manifest.badge) == ("late-flights", "compiled", Badge.AUDITED)
    assert [(part.role, part.format) for part in manifest.artifacts] == [
        ("plan", "json"),
        ("model", "onnx"),
        ("source", "skops"),
        ("sample", "json"),
        ("golden", "json"),
    ]
    assert [column.name for column in manifest.contract.inputs] == list(flights.table.columns)
    assert manifest.contract.column("delay").nullable
    assert manifest.contract.output.classes == ("0", "1")
    assert manifest.decision.threshold == 0.4
    assert manifest.provenance.commit == "abc"


def test_every_artifact_is_there_under_its_digest(light: Draft) -> None:
    assert {part.digest for part in light.manifest.artifacts} == set(light.blobs)
    assert all(digest_of(content) == digest for digest, content in light.blobs.items())
    assert all(part.size == len(light.blobs[part.digest]) for part in light.manifest.artifacts)


def test_the_evidence(light: Draft) -> None:
    assert [fact.kind for fact in light.evidence] == ["compilation", "load-check", "parity", "robustness"]
    (parity,) = facts(light, "parity")
    assert parity.facts["passed"]
    assert parity.facts["rows"] == 12_000
    assert parity.facts["largest_difference"] < 1e-12
    (bulb,) = facts(light, "load-check")
    assert bulb.facts["rows"] == 1_000
    assert 0 < bulb.facts["latency_ms"] < 50
    msgspec.json.encode(light.evidence)


def test_columns_scores_and_labels_for_a_profile(light: Draft, flights: Any) -> None:
    assert len(light.scores) == len(flights.table)
    assert light.labels == [float(value) for value in flights.late]
    assert light.columns["origin"] == flights.table.origin.tolist()


def test_the_sample_is_spread_over_the_rows(light: Draft, flights: Any) -> None:
    sample = msgspec.json.decode(light.blobs[light.manifest.artifact("sample").digest])
    assert sample["distance"] == flights.table.distance.tolist()[::2]


def test_the_lock_names_what_the_model_needs(light: Draft) -> None:
    lock = light.manifest.lock
    assert lock.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert {"lightgbm", "scikit-learn", "pandas", "numpy", "scipy", "skops"} <= set(lock.packages)
    assert not {"lamplighter", "pytest", "xgboost-cpu"} & set(lock.packages)
    assert all(metadata.version(name) == version for name, version in lock.packages.items())


def test_the_same_model_gives_the_same_manifest(light: Draft, flights: Any) -> None:
    model = flights.fitted(LogisticRegression(max_iter=300))
    first, second = (draft(model, "late-flights", flights.table).manifest.artifact("plan") for _ in range(2))
    assert first == second


def test_the_blobs_serve_what_the_model_answers(light: Draft, tmp_path: Path) -> None:
    for digest, content in light.blobs.items():
        path = tmp_path / address(digest)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    async def serve() -> list[float]:
        runtime = await compiled.load(light.manifest, tmp_path)
        return await runtime.score(light.columns, len(light.scores))

    assert asyncio.run(serve()) == pytest.approx(light.scores, abs=1e-12)


def test_more_artifacts_change_the_manifest_and_are_checked(light: Draft) -> None:
    content = b"{}"
    profile = Artifact(role="profile", name="profile.json", digest=digest_of(content), size=2, format="json")
    extended = with_artifacts(light, [(profile, content)])
    assert extended.manifest.artifact("profile") == profile
    assert extended.manifest.digest != light.manifest.digest
    assert extended.blobs[profile.digest] == content
    with pytest.raises(Invalid, match="not those of its digest"):
        with_artifacts(light, [(profile, b"other")])


def tried(found: Draft) -> list[tuple[str, bool]]:
    return [(step["form"], step["serves"]) for step in facts(found, "compilation")[0].facts["tried"]]


def parts(found: Draft) -> list[tuple[str, str]]:
    return [(part.role, part.format) for part in found.manifest.artifacts if part.role not in ("sample", "golden")]


def test_what_does_not_compile_is_served_as_a_graph(flights: Any) -> None:
    table = flights.table[["delay", "distance"]]
    found = draft(CalibratedClassifierCV(LogisticRegression(), cv=2).fit(table, flights.late), "late-flights", table)
    assert (found.manifest.runtime, parts(found)) == ("python", [("model", "onnx"), ("source", "skops")])
    assert "onnxruntime" in found.manifest.lock.packages
    assert "scikit-learn" not in found.manifest.lock.packages
    compilation = facts(found, "compilation")[0].facts
    assert (compilation["compiled"], compilation["step"]) == (False, "CalibratedClassifierCV")
    assert tried(found) == [("compiled", False), ("graph", True)]
    assert compilation["tried"][0]["why"] == "CalibratedClassifierCV: this estimator is not compiled."
    (parity,) = facts(found, "parity")
    assert parity.facts["passed"]
    assert parity.facts["rows_by_kind"] == {"whole": 4_000, "mixed": 4_000, "extreme": 2_000, "edge": 2_000}
    assert parity.facts["largest_difference"] < 1e-12


@pytest.mark.parametrize(
    "model",
    [
        CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=2),
        make_pipeline(PCA(2), RandomForestClassifier(20, random_state=0)),
    ],
    ids=["isotonic", "float32 forest"],
)
def test_a_graph_that_is_wrong_gives_way_to_the_model(flights: Any, model: Any) -> None:
    """skl2onnx converts both without a word; the answers differ by some hundredths."""
    table = flights.table[["delay", "distance"]]
    found = draft(model.fit(table, flights.late), "late-flights", table)
    assert (found.manifest.runtime, parts(found)) == ("python", [("model", "skops")])
    assert tried(found) == [("compiled", False), ("graph", False), ("model", True)]
    graph, served = facts(found, "parity")
    assert (graph.facts["passed"], served.facts["passed"]) == (False, True)
    assert graph.facts["largest_difference"] > 1e-3
    assert served.facts["largest_difference"] < 1e-12


def test_what_skl2onnx_cannot_convert_is_served_as_it_is(flights: Any) -> None:
    table = flights.table[["distance"]]
    found = draft(make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()).fit(table, flights.late), "late", table)
    assert (found.manifest.runtime, parts(found)) == ("python", [("model", "skops")])
    assert tried(found) == [("compiled", False), ("graph", False), ("model", True)]
    assert "skl2onnx does not convert it" in facts(found, "compilation")[0].facts["tried"][1]["why"]


def test_inside_a_running_event_loop(flights: Any) -> None:
    async def notebook() -> Draft:
        return draft(LinearRegression().fit(flights.table[["delay"]], flights.minutes), "minutes", flights.table[["delay"]])

    assert asyncio.run(notebook()).manifest.runtime == "compiled"


def test_a_model_that_refuses_unseen_categories_says_so_in_its_contract(flights: Any) -> None:
    columns = make_column_transformer((OneHotEncoder(), ["carrier"]), (OneHotEncoder(handle_unknown="ignore"), ["origin"]))
    found = draft(make_pipeline(columns, LogisticRegression()).fit(flights.table, flights.late), "strict", flights.table)
    assert found.manifest.runtime == "compiled"
    unknown = {column.name: column.unknown for column in found.manifest.contract.inputs if column.kind is Kind.TEXT}
    assert unknown == {"carrier": Unknown.REFUSE, "origin": Unknown.ACCEPT}


def code_of(model: Any, sample: Any, **options: Any) -> str:
    with pytest.raises(Invalid) as caught:
        draft(model, options.pop("name", "late-flights"), sample, **options)
    return caught.value.code


def test_a_column_that_the_model_needs_may_not_be_made_nullable(flights: Any) -> None:
    model = LinearRegression().fit(flights.table[["delay"]], flights.minutes)
    assert code_of(model, flights.table[["delay"]], nullable=["delay"]) == "E1159"


def test_an_unfitted_model_is_refused(flights: Any) -> None:
    assert code_of(LinearRegression(), flights.table[["delay"]]) == "E1158"


def test_code_is_needed_only_where_no_other_form_serves(flights: Any) -> None:
    """skops does not take what histogram gradient boosting keeps for categories, and the compiled form does not need it."""
    table = flights.table[["delay", "month"]]
    model = HistGradientBoostingClassifier(max_iter=10, categorical_features=[1]).fit(table, flights.late)
    found = draft(model, "late", table)
    assert (found.manifest.runtime, found.manifest.badge) == ("compiled", Badge.DATA)
    assert parts(found) == [("plan", "json"), ("model", "onnx")]
    own = make_pipeline(FunctionTransformer(lambda table: table * 2), LogisticRegression()).fit(table, flights.late)
    assert code_of(own, table) == "E1155"
    assert draft(own, "late", table, trust=True).manifest.badge is Badge.CODE


def test_an_unlawful_name_is_refused(flights: Any) -> None:
    model = LinearRegression().fit(flights.table[["delay"]], flights.minutes)
    assert code_of(model, flights.table[["delay"]], name="Late Flights") == "E1102"


@pytest.mark.parametrize("labels", [[1, 0], ["late"] * 1_500, [None] * 1_500], ids=["count", "class", "missing"])
def test_labels_that_do_not_fit_are_refused(flights: Any, labels: Any) -> None:
    model = LogisticRegression().fit(flights.table[["delay"]], flights.late)
    assert code_of(model, flights.table[["delay"]], labels=labels) == "E1164"


def test_none_as_a_category_of_its_own_would_be_scored_otherwise(flights: Any) -> None:
    table = pd.DataFrame(
        {"carrier": pd.Series(flights.table.carrier.astype(object).where(flights.table.carrier.notna(), None), dtype=object)}
    )
    assert None in set(table.carrier)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(table, flights.table.carrier.isna())
    assert code_of(model, table) == "E1157"


DICE = """
import numpy as np
from lamplighter.packaging.predictor import predictor

@predictor
def roll(table):
    return np.random.default_rng().random(len(table))
"""


def test_a_model_that_answers_by_chance_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dice_predictor.py").write_text(DICE)
    monkeypatch.syspath_prepend(tmp_path)
    from dice_predictor import roll  # type: ignore[import-not-found]

    with pytest.raises(Invalid) as caught:
        draft(roll, "dice", {"delay": [1.0, 2.0]})
    assert caught.value.code == "E1162", caught.value.why
    assert "away from the model" in caught.value.why
