"""Which category of CatBoost a value is. CatBoost keeps only hashes, so the library itself is asked."""

import importlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lamplighter.packaging.compile.catboost_trees import CATEGORY, Category, Export


def holders(export: Export, row: Mapping[str, Any], column: str, values: Sequence[Any]) -> list[Category | None]:
    """For each value of a categorical column the category it is to the model, asked of a model with one tree a category.

    `row` is one row of the model's inputs, by name and in order.
    """
    place = list(row).index(column)
    wanted = [category for category in export.categories if category[0] == place]
    if not wanted:
        return [None] * len(values)
    asked = _asking(export, wanted)
    pandas = importlib.import_module("pandas")
    table = pandas.DataFrame({name: values if name == column else [value] * len(values) for name, value in row.items()})
    table.columns = list(asked.feature_names_)
    found = asked.predict(table, prediction_type="RawFormulaVal", thread_count=1)
    return [wanted[round(answer) - 1] if answer else None for answer in found.tolist()]


def _asking(export: Export, wanted: Sequence[Category]) -> Any:
    """A model that answers with the position of a row's category among these, counted from 1, or with 0."""
    catboost = importlib.import_module("catboost")
    facts = {name: value for name, value in export.facts.items() if name not in ("oblivious_trees", "trees")}
    facts["oblivious_trees"], facts["scale_and_bias"] = list(_trees(export, wanted)), [1, [0]]
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
        path = Path(folder, "model.json")
        path.write_text(json.dumps(facts))
        model = catboost.CatBoost()
        model.load_model(str(path), format="json")
        return model


def _trees(export: Export, wanted: Sequence[Category]) -> Iterator[Mapping[str, Any]]:
    """CatBoost counts the splits of a model through: the borders of all numbers, then the categories."""
    borders = sum(len(feature.get("borders") or ()) for feature in export.facts["features_info"].get("float_features", ()))
    for position, category in enumerate(wanted, start=1):
        split = {
            "cat_feature_index": export.texts.index(category[0]),
            "split_index": borders + export.categories.index(category),
            "split_type": CATEGORY,
            "value": category[1],
        }
        yield {"leaf_values": [0, position], "leaf_weights": [1, 1], "splits": [split]}
