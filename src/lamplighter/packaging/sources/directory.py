"""An MLflow directory whose opening runs code: stored whole, and opened nowhere but in a closed process."""

from collections.abc import Mapping

from lamplighter.domain.contract import Contract
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import canonical
from lamplighter.domain.version import Badge
from lamplighter.packaging.asked import asked
from lamplighter.packaging.sources import requirements
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.serving.worker.directory import LOADER, Loader
from lamplighter.serving.worker.scorers import Scorer

#: The formats of a pickle and where each flavour names the file.
PICKLES: Mapping[str, str] = {"sklearn": "pickled_model", "lightgbm": "data"}


def capture(told: Directory, request: Request) -> Captured:
    """The directory as code; raises `Invalid` without trust, without a pickle, and without its packages."""
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
    lock = requirements.locked(told, requirements.without_mlflow(told), request.environments)
    source = _source(told, flavor)
    answers = told.flavors.get("python_function", {}).get("predict_fn") or told.flavors[flavor].get("pyfunc_predict_fn")
    classes = ("0", "1") if request.classes or answers == "predict_proba" else ()

    def truth(contract: Contract) -> Scorer:
        return asked(source, contract, lock, request.environments)

    return Captured(
        model=told.folder,
        source=source,
        output=output_of(classes, request),
        inputs=None,
        width=None,
        truth=truth,
        roots=frozenset(),
        lock=lock,
    )


def _source(told: Directory, flavor: str) -> Source:
    file = told.file(flavor, PICKLES[flavor]).relative_to(told.folder).as_posix()
    code = told.flavors[flavor].get("code") or ""
    loader = canonical(Loader(file=file, code=str(code)))
    content = told.archived({LOADER: loader})
    return Source(name="model.tar", format="mlflow-directory", badge=Badge.CODE, content=content)
