"""Compiled pipelines answer as the libraries do, also for missing, unseen and extreme values, and a row as its batch."""

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone  # type: ignore[import-untyped]
from sklearn.calibration import CalibratedClassifierCV  # type: ignore[import-untyped]
from sklearn.compose import ColumnTransformer, make_column_transformer  # type: ignore[import-untyped]
from sklearn.decomposition import PCA  # type: ignore[import-untyped]
from sklearn.ensemble import (  # type: ignore[import-untyped]
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import SelectKBest, f_classif  # type: ignore[import-untyped]
from sklearn.impute import SimpleImputer  # type: ignore[import-untyped]
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, Ridge  # type: ignore[import-untyped]
from sklearn.pipeline import FeatureUnion, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import (  # type: ignore[import-untyped]
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor  # type: ignore[import-untyped]

from lamplighter.domain.contract import Contract
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import frames, reference
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.compile.base import Compiled, NotCompiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.threads import one_thread
from lamplighter.serving.compiled.model import CompiledModel
from lamplighter.serving.compiled.plan import read, write
from lamplighter.serving.worker.scorers import Scorer

EXACT = 1e-12
#: XGBoost itself adds up in float32.
SINGLE = 5e-7


def prepared(model: Any, table: Any, nullable: tuple[str, ...] = ("wind", "carrier")) -> tuple[Scorer, Contract, Any]:
    captured = capture(model)
    columns = arranged(captured, frames.columns(table))
    contract = contracts.infer(columns, captured.output, [name for name in nullable if name in columns])
    return captured.truth(contract), contract, columns


def compiled(
    model: Any, table: Any, nullable: tuple[str, ...] = ("wind", "carrier")
) -> tuple[CompiledModel, Scorer, Contract, Any]:
    truth, contract, columns = prepared(model, table, nullable)
    form = compile_model(model, contract, columns)
    assert isinstance(form, Compiled), form
    names = [column.name for column in contract.inputs]
    return CompiledModel(read(write(form.plan)), form.trees, names), truth, contract, columns


def check(model: Any, table: Any, tolerance: float = EXACT, nullable: tuple[str, ...] = ("wind", "carrier")) -> None:
    form, truth, contract, columns = compiled(model, table, nullable)
    size = max(map(abs, truth(columns, len(table))))
    with one_thread():
        for part in reference.blocks(contract, columns, 1_500, seed=3):
            rows = len(next(iter(part.values())))
            wanted, got = np.array(truth(part, rows)), np.array(form.score(part, rows))
            assert np.max(np.abs(wanted - got) / np.maximum(size, np.abs(wanted))) <= tolerance
            alone = [form.score({name: [values[row]] for name, values in part.items()}, 1)[0] for row in range(0, rows, 10)]
            assert alone == got[::10].tolist()
            tuples = list(zip(*(part[column.name] for column in contract.inputs), strict=True))
            for together in (1, 5, 6, 63, 400):
                assert form.score_rows(tuples[:together]) == got[:together].tolist()


ESTIMATORS = [
    (LogisticRegression(max_iter=300), EXACT),
    (LinearRegression(), 1e-9),
    (Ridge(), 1e-9),
    (DecisionTreeClassifier(max_depth=8), EXACT),
    (DecisionTreeRegressor(), EXACT),
    (RandomForestClassifier(12, random_state=0), EXACT),
    (RandomForestRegressor(8, random_state=0), EXACT),
    (ExtraTreesRegressor(8, random_state=0), EXACT),
    (GradientBoostingClassifier(n_estimators=15), EXACT),
    (GradientBoostingRegressor(n_estimators=15), EXACT),
    (lightgbm.LGBMClassifier(n_estimators=30, verbose=-1), EXACT),
    (lightgbm.LGBMRegressor(n_estimators=30, verbose=-1), EXACT),
    (xgboost.XGBClassifier(n_estimators=30), SINGLE),
    (xgboost.XGBRegressor(n_estimators=30), SINGLE),
]


#: Those of them that treat a sparse matrix each in their own way.
SPARSE = [case for case in ESTIMATORS if type(case[0]).__name__ in ("LogisticRegression", "LGBMClassifier", "XGBClassifier")]


@pytest.mark.parametrize(("estimator", "tolerance"), ESTIMATORS, ids=lambda value: type(value).__name__)
def test_the_usual_pipeline(flights: Any, estimator: Any, tolerance: float) -> None:
    check(flights.fitted(clone(estimator), sparse_threshold=0.0), flights.table, tolerance)


@pytest.mark.parametrize(("estimator", "tolerance"), SPARSE, ids=lambda value: type(value).__name__)
def test_a_sparse_matrix_in_front_of_the_estimator(flights: Any, estimator: Any, tolerance: float) -> None:
    model = flights.fitted(clone(estimator), sparse_threshold=1.0)
    assert hasattr(model[:-1].transform(flights.table[:3]), "toarray")
    check(model, flights.table, tolerance)


@pytest.mark.parametrize(
    "estimator",
    [HistGradientBoostingClassifier(max_iter=30), HistGradientBoostingRegressor(max_iter=30)],
    ids=lambda value: type(value).__name__,
)
def test_histogram_gradient_boosting(flights: Any, estimator: Any) -> None:
    check(flights.fitted(clone(estimator), sparse_threshold=0.0), flights.table)


@pytest.mark.parametrize(
    "estimator",
    [
        HistGradientBoostingClassifier(max_iter=20),
        lightgbm.LGBMClassifier(n_estimators=20, verbose=-1),
        xgboost.XGBClassifier(n_estimators=20),
        RandomForestClassifier(8, random_state=0),
        DecisionTreeClassifier(max_depth=6),
    ],
    ids=lambda value: type(value).__name__,
)
def test_missing_values_that_reach_the_trees(flights: Any, estimator: Any) -> None:
    columns = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["carrier", "origin"]), remainder="passthrough"
    )
    model = make_pipeline(columns, clone(estimator)).fit(flights.table, flights.late)
    check(model, flights.table, SINGLE, nullable=("wind", "carrier", "delay", "distance"))


@pytest.mark.parametrize(
    "encoder",
    [
        OneHotEncoder(handle_unknown="ignore", drop="if_binary"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=350),
        OneHotEncoder(handle_unknown="ignore", max_categories=3, sparse_output=False),
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=-7),
        TargetEncoder(target_type="binary"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Found unknown categories")
def test_encoders_with_their_options(flights: Any, encoder: Any) -> None:
    columns = make_column_transformer((encoder, ["carrier", "origin", "month"]), remainder="passthrough")
    model = make_pipeline(columns, lightgbm.LGBMClassifier(n_estimators=10, verbose=-1)).fit(flights.table, flights.late)
    check(model, flights.table)


@pytest.mark.parametrize("scaler", [MinMaxScaler(), MaxAbsScaler(), RobustScaler(), StandardScaler(with_mean=False)], ids=str)
@pytest.mark.parametrize("first", ["scale", "impute"])
def test_scalers_in_front_of_and_behind_imputation(flights: Any, scaler: Any, first: str) -> None:
    imputer = SimpleImputer(strategy="median")
    numbers = make_pipeline(*((scaler, imputer) if first == "scale" else (imputer, scaler)))
    columns = ColumnTransformer([("numbers", numbers, ["delay", "distance", "wind", "weekend"])])
    model = make_pipeline(columns, LogisticRegression(max_iter=500)).fit(flights.table, flights.late)
    check(model, flights.table, nullable=("wind", "delay"))


def test_unions_selections_and_nested_column_transformers(flights: Any) -> None:
    inner = ColumnTransformer([("scaled", StandardScaler(), ["delay"])], remainder="passthrough")
    numbers = make_pipeline(inner, SimpleImputer(strategy="constant", fill_value=-1.0), SelectKBest(f_classif, k=2))
    union = FeatureUnion([("numbers", numbers), ("plain", SimpleImputer())])
    columns = ColumnTransformer(
        [
            ("union", union, ["delay", "distance", "wind"]),
            ("same", FunctionTransformer(), ["month"]),
            ("none", "drop", ["origin"]),
        ]
    )
    model = make_pipeline(columns, RandomForestClassifier(5, random_state=0)).fit(flights.table, flights.late)
    check(model, flights.table)


@pytest.mark.parametrize(
    ("maker", "tolerance"),
    [
        (lambda: lightgbm.LGBMClassifier(n_estimators=10, verbose=-1, objective="cross_entropy"), EXACT),
        (lambda: lightgbm.LGBMRegressor(n_estimators=10, verbose=-1, objective="poisson"), EXACT),
        (lambda: lightgbm.LGBMRegressor(n_estimators=10, verbose=-1, objective="regression_l1"), EXACT),
        (lambda: xgboost.XGBRegressor(n_estimators=10, objective="count:poisson"), 1e-6),
        (lambda: xgboost.XGBRegressor(n_estimators=10, num_parallel_tree=3), SINGLE),
        (lambda: HistGradientBoostingRegressor(max_iter=10, loss="poisson"), EXACT),
        (lambda: HistGradientBoostingRegressor(max_iter=10, loss="quantile", quantile=0.9), EXACT),
    ],
)
def test_links_and_losses_of_bare_models(flights: Any, maker: Callable[[], Any], tolerance: float) -> None:
    table = flights.table[["delay", "distance", "wind"]]
    model = maker()
    target = flights.late if hasattr(model, "predict_proba") else np.maximum(flights.minutes, 0.0)
    check(model.fit(table, target), table, tolerance)


def test_poisson_regression(flights: Any) -> None:
    table = flights.table[["distance", "month"]]
    model = make_pipeline(StandardScaler(), PoissonRegressor()).fit(table, np.maximum(flights.minutes, 0.0))
    check(model, table, nullable=())


def test_early_stopping_cuts_the_trees(flights: Any) -> None:
    table = flights.table[["delay", "distance"]]
    model = xgboost.XGBClassifier(n_estimators=200, early_stopping_rounds=2)
    model.fit(table[:1000], flights.late[:1000], eval_set=[(table[1000:], flights.late[1000:])], verbose=False)
    assert model.best_iteration < 150
    check(model, table, SINGLE)
    form, _, _, columns = compiled(model, table)
    wanted = model.predict_proba(table)[:, 1]
    assert np.max(np.abs(wanted - form.score(columns, len(table)))) <= SINGLE


def test_a_tree_that_is_one_leaf(flights: Any) -> None:
    table = flights.table[["delay", "distance"]]
    model = RandomForestClassifier(30, max_samples=4, random_state=0).fit(table, flights.late)
    sizes = {part.tree_.node_count for part in model.estimators_}
    assert 1 in sizes
    assert len(sizes) > 1
    check(model, table, nullable=())


@pytest.mark.parametrize(
    ("build", "step"),
    [
        (lambda f: make_pipeline(PCA(2), LogisticRegression()).fit(f.table[["delay", "distance"]], f.late), "PCA"),
        (
            lambda f: make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()).fit(f.table[["delay"]], f.late),
            "FunctionTransformer",
        ),
        (
            lambda f: CalibratedClassifierCV(LogisticRegression(), cv=2).fit(f.table[["delay"]], f.late),
            "CalibratedClassifierCV",
        ),
        (
            lambda f: lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, zero_as_missing=True).fit(f.table[["delay"]], f.late),
            "Booster",
        ),
        (
            lambda f: lightgbm.LGBMRegressor(n_estimators=3, verbose=-1, linear_tree=True).fit(f.table[["delay"]], f.minutes),
            "Booster",
        ),
        (lambda f: xgboost.XGBRegressor(n_estimators=3, booster="dart").fit(f.table[["delay"]], f.minutes), "Booster"),
        (
            lambda f: GradientBoostingClassifier(n_estimators=3, loss="exponential").fit(f.table[["delay"]], f.late),
            "GradientBoostingClassifier",
        ),
        (lambda f: make_pipeline(MinMaxScaler(clip=True), Ridge()).fit(f.table[["delay"]], f.minutes), "MinMaxScaler"),
    ],
)
def test_a_step_that_is_not_known_is_named(flights: Any, build: Callable[[Any], Any], step: str) -> None:
    model = build(flights)
    _, contract, columns = prepared(model, flights.table[list(getattr(model, "feature_names_in_", ["delay"]))])
    answer = compile_model(model, contract, columns)
    assert isinstance(answer, NotCompiled)
    assert answer.step == step
    assert answer.why


FLOATS = st.none() | st.floats(-1e6, 1e6, allow_nan=False)
ROW = st.tuples(
    FLOATS,
    st.integers(0, 5_000),
    FLOATS,
    st.none() | st.sampled_from(["AA", "B6", "DL", "new", ""]),
    st.sampled_from(["EWR", "JFK", "other"]),
    st.integers(-3, 20),
    st.booleans(),
)


@pytest.fixture(scope="module")
def forms(flights: Any) -> list[tuple[CompiledModel, Scorer, Contract, Any]]:
    models = [
        flights.fitted(lightgbm.LGBMClassifier(n_estimators=20, verbose=-1)),
        flights.fitted(LogisticRegression(max_iter=300)),
        flights.fitted(RandomForestRegressor(5, random_state=0)),
    ]
    return [compiled(model, flights.table, ("wind", "carrier", "delay")) for model in models]


@settings(max_examples=25)
@given(st.lists(ROW, min_size=2, max_size=12))
def test_one_row_equals_a_batch_row_and_the_library(forms: Any, rows: list[Any]) -> None:
    for form, truth, contract, _ in forms:
        part = {column.name: list(values) for column, values in zip(contract.inputs, zip(*rows, strict=True), strict=True)}
        batch = form.score(part, len(rows))
        alone = [form.score({name: [values[row]] for name, values in part.items()}, 1)[0] for row in range(len(rows))]
        assert alone == batch
        assert batch == pytest.approx(truth(part, len(rows)), rel=1e-9, abs=1e-12)
