"""An MLflow directory that only MLflow opens, such as a `PythonModel`: stored whole as code, with the packages it asks for."""

from lamplighter.domain.contract import Contract
from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge
from lamplighter.packaging.asked import asked
from lamplighter.packaging.sources import requirements, signature
from lamplighter.packaging.sources.base import Captured, Request, Source
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.serving.worker.scorers import Scorer

FLAVOR = "python_function"


def capture(told: Directory, request: Request) -> Captured:
    """The directory as code; raises `Invalid` without trust, without a signature that a contract can say, and without its
    packages."""
    if not request.trust:
        raise Invalid(
            "Opening this MLflow model runs code.",
            why="It is a python_function, which is Python from its first line on.",
            fix="Pass trust=True to store it as code that has to be signed and runs only in a closed process.",
            code="E1155",
        )
    says = signature.read(told.signature, request)
    lock = requirements.locked(told, requirements.with_mlflow(told), request.environments)
    source = Source(name="model.tar", format="mlflow-pyfunc", badge=Badge.CODE, content=told.archived())

    def truth(contract: Contract) -> Scorer:
        return asked(source, contract, lock, request.environments)

    return Captured(
        model=told.folder,
        source=source,
        output=says.output,
        inputs=tuple(says.kinds),
        width=None,
        truth=truth,
        roots=frozenset(),
        nullable=says.nullable,
        kinds=says.kinds,
        lock=lock,
    )
