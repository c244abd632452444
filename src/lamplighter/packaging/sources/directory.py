"""An MLflow directory whose opening runs code: stored whole, and opened nowhere but in a closed process."""

import re
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import canonical
from lamplighter.domain.version import Badge
from lamplighter.packaging.asked import asked
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.serving.worker.directory import LOADER, Loader
from lamplighter.serving.worker.scorers import Scorer

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([A-Za-z0-9.+!_-]+)\s*(?:;.*)?")
#: The formats of a pickle and where each flavour names the file.
PICKLES: Mapping[str, str] = {"sklearn": "pickled_model", "lightgbm": "data"}
#: MLflow itself is not needed to open a pickle.
_MLFLOW = ("mlflow", "mlflow-skinny")


def capture(told: Directory, request: Request) -> Captured:
    """The directory as code; raises `Invalid` without trust, without a pickle, and where its pins are not here."""
    flavor = next((name for name in PICKLES if name in told.flavors), "")
    if not flavor:
        raise unsupported(
            f"An MLflow model of the flavours {', '.join(sorted(map(str, told.flavors)))} cannot be a version.",
            f"The flavours that are known are {', '.join(sorted({*PICKLES, 'catboost', 'python_function', 'xgboost'}))}.",
            "Save it with mlflow.pyfunc, or make it a function marked with lamplighter.predictor.",
        )
    if not request.trust:
        raise Invalid(
            "Opening this MLflow model runs code.",
            why=f"Its flavour {flavor} is saved as a pickle, or holds parts that no safe format takes.",
            fix="Save it with skops or in the library's own format, or pass trust=True to store it as code that runs only in a"
            " closed process.",
            code="E1155",
        )
    source = _source(told, flavor)
    answers = told.flavors.get("python_function", {}).get("predict_fn") or told.flavors[flavor].get("pyfunc_predict_fn")
    classes = ("0", "1") if request.classes or answers == "predict_proba" else ()

    def truth(contract: Contract) -> Scorer:
        return asked(source, contract)

    return Captured(
        model=told.folder,
        source=source,
        output=output_of(classes, request),
        inputs=None,
        width=None,
        truth=truth,
        roots=_roots(told),
    )


def _source(told: Directory, flavor: str) -> Source:
    file = told.file(flavor, PICKLES[flavor]).relative_to(told.folder).as_posix()
    code = told.flavors[flavor].get("code") or ""
    loader = canonical(Loader(file=file, code=str(code)))
    content = told.archived({LOADER: loader})
    return Source(name="model.tar", format="mlflow-directory", badge=Badge.CODE, content=content)


def _roots(told: Directory) -> frozenset[str]:
    """The top modules of the packages that the directory pins; raises `Invalid` for one without a pin or not here so."""
    pins = _pins(told)
    wrong = sorted(name for name, version in pins.items() if name not in _MLFLOW and _here(name) != version)
    if wrong:
        wanted = " ".join(f"{name}=={pins[name]}" for name in wrong)
        raise unsupported(
            "This MLflow model was made with other packages than those here.",
            f"It pins {', '.join(wrong[:5])} in another version, and a pickle is opened with the packages it was made with.",
            f"Hand it over where these are installed: {wanted}",
        )
    names = {_normal(name) for name in pins if name not in _MLFLOW}
    brought = metadata.packages_distributions().items()
    return frozenset({top for top, brings in brought if names & set(map(_normal, brings))} | {"pandas"})


def _pins(told: Directory) -> dict[str, str]:
    file = told.folder / "requirements.txt"
    lines = [line.strip() for line in file.read_text().splitlines()] if file.is_file() else []
    found = [(line, _PIN.fullmatch(line)) for line in lines if line and not line.startswith("#")]
    loose = [line for line, pin in found if pin is None]
    if loose or not found:
        raise unsupported(
            "This MLflow model does not say which packages it needs.",
            "A line of its requirements.txt names no exact version." if loose else "It has no requirements.txt.",
            "Save it with pip_requirements that name exact versions, such as scikit-learn==1.7.0.",
        )
    return {_normal(pin[1]): pin[2] for _, pin in found if pin is not None}


def _here(name: str) -> Any:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
