"""Plain functions that are marked as predictors, as the source file of their module."""

import ast
import inspect
import sys
from pathlib import Path
from typing import Any

from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.serving.worker.mark import PREDICTOR_MARK
from lamplighter.serving.worker.scorers import of_predictor


def recognises(model: Any) -> bool:
    """Whether it is a function with the mark."""
    return inspect.isfunction(model) and hasattr(model, PREDICTOR_MARK)


def capture(model: Any, request: Request) -> Captured:
    """The module of the function, as code; raises `Invalid` if there is no source file, such as for a cell of a notebook."""
    content = _content(model)
    return Captured(
        model=model,
        source=Source(name="model.py", format="python-source", badge=Badge.CODE, content=content),
        output=output_of(getattr(model, PREDICTOR_MARK), request),
        inputs=None,
        width=None,
        truth=lambda contract: of_predictor(model, contract),
        roots=_imported(content) | {"pandas"},
    )


def _content(model: Any) -> bytes:
    file = inspect.getsourcefile(model)
    if file is None or not Path(file).is_file():
        raise unsupported(
            "The predictor has no source file.",
            "It is captured as the file of its module.",
            "Write the function in a file of its own and import it from there.",
        )
    return Path(file).read_bytes()


def _imported(content: bytes) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return frozenset(found - set(sys.stdlib_module_names))
