"""An MLflow directory that MLflow itself opens: unpacked into the scratch directory of the worker, and asked as MLflow asks."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lamplighter.domain.contract import Contract, Meaning
from lamplighter.serving.worker import archive
from lamplighter.serving.worker.answers import finite, positive
from lamplighter.serving.worker.frame import typed
from lamplighter.serving.worker.scorers import Scorer

#: Where it is unpacked, in the working directory of the worker.
_FOLDER = "model"
#: Types of a signature that are narrower than the table of a contract; MLflow refuses to narrow by itself.
_NARROW = {"integer": np.int32, "float": np.float32}


def of_pyfunc(content: bytes, contract: Contract) -> Scorer:
    """The model of an archive; raises `ValueError` for an archive that `archive.unpack` refuses, and what MLflow raises.

    With a contract that wants a probability, one column is that of the second class, and two are those of both.
    """
    folder = Path.cwd() / _FOLDER
    archive.unpack(content, folder)
    model = importlib.import_module("mlflow.pyfunc").load_model(str(folder), suppress_warnings=True)
    says = model.metadata.signature
    narrow = {one.name: _NARROW[one.type.name] for one in says.inputs if one.type.name in _NARROW}
    wanted = [] if says.outputs.is_tensor_spec() else [one.name for one in says.outputs if one.name is not None]

    def score(columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        table = typed(contract, columns)
        for name, kind in narrow.items():
            # From the values themselves: a number that does not fit is an error there, and would be another number by a cast.
            table[name] = np.array(columns[name], dtype=kind)
        return _scores(_chosen(model.predict(table), wanted), contract, rows)

    return score


def _chosen(answer: Any, wanted: Sequence[str]) -> Any:
    """The columns of the answer that the signature names, for a model may answer with more; all of it if it names none."""
    named = wanted and all(name in getattr(answer, "columns", ()) for name in wanted)
    return np.asarray(answer[list(wanted)] if named else answer)


def _scores(answer: Any, contract: Contract, rows: int) -> list[float]:
    both = contract.output.meaning is Meaning.PROBABILITY and answer.shape == (rows, 2)
    return positive(answer, rows) if both else finite(answer, rows)
