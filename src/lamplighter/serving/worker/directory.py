"""An MLflow directory with a pickle, unpacked into the scratch directory of the worker and opened there."""

import importlib
import sys
from pathlib import Path

from lamplighter.domain.contract import Contract
from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import Record
from lamplighter.serving.worker import archive
from lamplighter.serving.worker.scorers import Scorer, of_estimator

#: The file of the archive that says how to open the others.
LOADER = "lamplighter-loader.json"
#: Where it is unpacked, in the working directory of the worker.
_FOLDER = "model"


class Loader(Record, frozen=True):
    """How the model of an archive is opened."""

    #: The pickle.
    file: str
    #: The folder with modules that it imports; empty if there is none.
    code: str = ""


def of_directory(content: bytes, contract: Contract) -> Scorer:
    """The model of an archive; raises `ValueError` for an archive that `archive.unpack` refuses, and what opening it raises."""
    folder = Path.cwd() / _FOLDER
    archive.unpack(content, folder)
    loader = from_json((folder / LOADER).read_bytes(), Loader)
    archive.check_names([loader.file, *([loader.code] if loader.code else [])])
    if loader.code:
        sys.path.append(str(folder / loader.code))
    with (folder / loader.file).open("rb") as file:
        return of_estimator(importlib.import_module("cloudpickle").load(file), contract)
