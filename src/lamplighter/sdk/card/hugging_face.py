"""A model file as the Hugging Face Hub reads it: Markdown behind a head of YAML, see https://huggingface.co/docs/hub/model-cards."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import yaml

from lamplighter.domain.card import Card, Figure
from lamplighter.domain.contract import Meaning
from lamplighter.sdk.card import markdown

_TASK: Mapping[Meaning, str] = {Meaning.PROBABILITY: "tabular-classification", Meaning.NUMBER: "tabular-regression"}
#: What the Hub calls a library, by the format of the artifact.
_LIBRARY: Mapping[str, str] = {"skops": "sklearn", "onnx": "onnx", "lightgbm": "lightgbm", "xgboost": "xgboost"}
#: What the Hub calls a metric.
_METRIC: Mapping[str, str] = {"auc": "roc_auc", "brier": "brier_score", "rmse": "rmse", "mae": "mae"}
#: SPDX names that the Hub knows, in its small letters; any other licence is told of by its name.
_LICENCES = frozenset(
    {"apache-2.0", "mit", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "bsd-2-clause", "bsd-3-clause", "gpl-3.0", "mpl-2.0"}
)


def written(card: Card) -> str:
    """The whole file."""
    head = yaml.safe_dump(_head(card), sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{head}---\n\n{markdown.written(card)}"


def _head(card: Card) -> dict[str, Any]:
    task, library = _TASK[card.meaning], _LIBRARY.get(card.format)
    return {
        **_licence(card.licence),
        **({"library_name": library} if library else {}),
        "pipeline_tag": task,
        "tags": ["tabular", "lamplighter"],
        **({"metrics": _names(card)} if card.figures else {}),
        "model_name": card.version,
        **({"model-index": [{"name": card.version, "results": _results(card, task)}]} if card.figures else {}),
    }


def _licence(name: str) -> dict[str, str]:
    if not name:
        return {}
    known = name.lower()
    return {"license": known} if known in _LICENCES else {"license": "other", "license_name": known}


def _names(card: Card) -> list[str]:
    return list(dict.fromkeys(_METRIC.get(one.metric, one.metric) for one in card.figures))


def _results(card: Card, task: str) -> list[dict[str, Any]]:
    slices: dict[str, list[Figure]] = defaultdict(list)
    for one in card.figures:
        slices[one.slice].append(one)
    rows = "rows that it has not seen" if card.held_out else "rows of its sample"
    return [
        {
            "task": {"type": task},
            "dataset": {"name": f"{rows} where {part}" if part else rows, "type": "tabular"},
            "metrics": [_metric(one) for one in figures],
        }
        for part, figures in slices.items()
    ]


def _metric(one: Figure) -> dict[str, Any]:
    bounds = {} if one.low is None or one.high is None else {"low": one.low, "high": one.high}
    return {
        "type": _METRIC.get(one.metric, one.metric),
        "name": one.metric,
        "value": one.value,
        "args": {"rows": one.rows, **bounds},
    }
