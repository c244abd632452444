"""Trees that split on sets of categories of their own answer as their libraries do, for unseen and missing values too."""

from typing import Any

import lightgbm
import numpy as np
import pytest
from sklearn.compose import make_column_transformer  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import OrdinalEncoder  # type: ignore[import-untyped]

from lamplighter.packaging.draft import draft

TEXTS = ["carrier", "origin"]
NULLABLE = {"wind", "carrier"}


def check(model: Any, table: Any) -> int:
    """How many places the encoded row of the compiled form has."""
    made = draft(model, "late", table, nullable=NULLABLE & set(table.columns))
    assert made.manifest.runtime == "compiled", made.evidence
    found = {fact.kind: fact for fact in made.evidence}
    compilation, parity = found["compilation"], found["parity"]
    assert (parity.facts["rows"], parity.facts["refused_rows"], parity.facts["changed_decisions"]) == (12_000, 0, 0)
    assert parity.facts["largest_difference"] < 1e-12
    assert parity.facts["largest_spread"] == 0.0
    width: int = compilation.facts["width"]
    return width


@pytest.fixture
def categories(flights: Any) -> Any:
    """Delays that hang on sets of categories, in a table of pandas categories; the first hundred rows hold every one."""
    source = np.random.default_rng(5)
    table = flights.table.copy()
    table["plane"] = source.choice([f"N{number}" for number in range(30)], len(table))
    kinds = dict.fromkeys([*TEXTS, "plane"], "category")
    return table.astype(kinds), flights.minutes + 20 * table.plane.isin([f"N{number}" for number in range(0, 30, 3)])


@pytest.mark.parametrize("estimator", [HistGradientBoostingClassifier, HistGradientBoostingRegressor])
def test_histogram_gradient_boosting_with_categories_of_the_table(categories: Any, estimator: Any) -> None:
    table, minutes = categories
    target = minutes > 20 if estimator is HistGradientBoostingClassifier else minutes
    model = estimator(max_iter=30, categorical_features="from_dtype").fit(table, target)
    assert any(stage[0].nodes["is_categorical"].any() for stage in model._predictors)
    assert check(model, table.astype(dict.fromkeys([*TEXTS, "plane"], object))) > table.shape[1]


def test_histogram_gradient_boosting_behind_an_encoder(flights: Any) -> None:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = make_column_transformer((encoder, TEXTS), remainder="passthrough")
    model = HistGradientBoostingClassifier(max_iter=30, categorical_features=[0, 1, 5])
    check(make_pipeline(columns, model).fit(flights.table, flights.late), flights.table)


def test_columns_that_the_estimator_puts_first_without_splitting_on_them(flights: Any) -> None:
    table = flights.table.assign(origin="EWR")
    columns = make_column_transformer((OrdinalEncoder(), ["origin"]), remainder="passthrough")
    numbers = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=10, categorical_features=[0]))
    check(numbers.fit(table[["delay", "wind", "origin"]], flights.late), table[["delay", "wind", "origin"]])


def test_lightgbm_with_categories_of_the_table(categories: Any) -> None:
    table, minutes = categories
    model = lightgbm.LGBMClassifier(n_estimators=30, verbose=-1, min_data_per_group=5, cat_smooth=1).fit(table, minutes > 20)
    assert "num_cat=0" not in model.booster_.model_to_string().split("Tree=1\n")[1].split("\n\n")[0]
    assert check(model, table.astype(dict.fromkeys([*TEXTS, "plane"], object))) > table.shape[1]


def test_lightgbm_with_whole_numbers_as_categories(flights: Any) -> None:
    table = flights.table[["delay", "wind", "month"]]
    model = lightgbm.LGBMRegressor(n_estimators=30, verbose=-1, min_data_per_group=5, cat_smooth=1)
    check(model.fit(table, flights.minutes + 9 * (table.month % 3), categorical_feature=["month"]), table)


def test_lightgbm_with_fractions_as_categories_does_not_compile(flights: Any) -> None:
    """It cuts a fraction off, which no look-up does."""
    table = flights.table[["wind"]].assign(kind=flights.table.month.astype(float) + 0.5)
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1, min_data_per_group=5, cat_smooth=1)
    model.fit(table, flights.minutes + 9 * (table.kind % 3), categorical_feature=["kind"])
    found = draft(model, "late", table, nullable=["wind"]).evidence[0].facts
    assert (found["step"], found["why"]) == ("Booster", "it takes the numbers of 'kind' for categories")
