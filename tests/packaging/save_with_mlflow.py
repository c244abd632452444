"""Saves models with MLflow and what MLflow itself predicts with them: `python save_with_mlflow.py FOLDER`.

It runs in a process of its own, with the environment of MLflow behind the one that the models are made in.
"""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import catboost  # type: ignore[import-untyped]
import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn.linear_model import LinearRegression, LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

warnings.simplefilter("ignore")
sys.path.append(sys.argv[2])
mlflow = importlib.import_module("mlflow")


def save(flavor: str, model: Any, name: str, table: pd.DataFrame, **options: Any) -> list[Any]:
    """The predictions of the saved model, as MLflow gives them once it has loaded it again."""
    library = importlib.import_module(f"mlflow.{flavor}")
    path = Path(sys.argv[1]) / name
    requirements = library.get_default_pip_requirements()
    signature = mlflow.models.infer_signature(table)
    library.save_model(model, path, pip_requirements=requirements, signature=signature, **options)
    answer = mlflow.pyfunc.load_model(str(path)).predict(table)
    values: list[Any] = np.asarray(answer).tolist()
    return values


def main() -> None:
    source = np.random.default_rng(5)
    table = pd.DataFrame({"delay": source.normal(5, 20, 300), "wind": source.gamma(2, 5, 300)})
    gaps = table.copy()
    gaps.loc[::7, "wind"] = np.nan
    minutes = table.delay * 2 + table.wind
    late = (minutes > 20).astype(int)
    one: dict[str, Any] = {"n_jobs": 1, "n_estimators": 8}
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(gaps, late), 8)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, late)
    trusted = ["numpy.dtype", "sklearn.pipeline.Pipeline"]
    skops = {"serialization_format": "skops", "skops_trusted_types": trusted, "pyfunc_predict_fn": "predict_proba"}
    pickled = {"serialization_format": "cloudpickle"}
    classifier = lightgbm.LGBMClassifier(verbose=-1, **one).fit(table, late)
    quiet: dict[str, Any] = {"iterations": 8, "thread_count": 1, "allow_writing_files": False, "verbose": False}
    answers = {
        "catboost": save("catboost", catboost.CatBoostRegressor(**quiet).fit(gaps, minutes), "catboost", gaps),
        "catboost-classifier": save(
            "catboost", catboost.CatBoostClassifier(**quiet).fit(table, late), "catboost-classifier", table
        ),
        "skops": save("sklearn", pipeline, "skops", table, **skops),
        "pickle": save("sklearn", pipeline, "pickle", table, pyfunc_predict_fn="predict_proba", **pickled),
        "number": save("sklearn", LinearRegression().fit(table, minutes), "number", table, **pickled),
        "lightgbm": save("lightgbm", booster, "lightgbm", gaps),
        "lightgbm-classifier": save("lightgbm", classifier, "lightgbm-classifier", table),
        "xgboost": save("xgboost", xgboost.XGBRegressor(**one).fit(gaps, minutes), "xgboost", gaps),
    }
    tables = {name: values.to_dict("list") for name, values in (("table", table), ("gaps", gaps))}
    (Path(sys.argv[1]) / "answers.json").write_text(json.dumps({"answers": answers, **tables}))


main()
