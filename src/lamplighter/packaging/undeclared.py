"""The refusal of a model that imports what its requirements do not bring."""

from importlib import metadata

from lamplighter.domain.errors import Invalid


def undeclared(module: str) -> Invalid:
    """It names the package and the line that declares it, as far as the package is installed here."""
    package = next(iter(metadata.packages_distributions().get(module, ())), "")
    line = f"{package}=={metadata.version(package)}" if package else f"the package that brings {module}, with its version,"
    here = " It is installed here, but" if package else " It is not installed here, and"
    return Invalid(
        f"The model needs {package or module}, and its requirements do not name it.",
        why=f"It imports {module}.{here} an environment of the model's own would not have it.",
        fix=f"Add {line} to requirements.txt of the model, or to pip_requirements where it is saved, and hand it over again.",
        code="E1163",
    )
