"""lamplighter: from the business problem to retirement, and who deploys, watches and changes each model.

The names below are the public face; each is imported when it is first used, so `import lamplighter` costs nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "Build": "lamplighter.sdk.build",
    "Deployment": "lamplighter.sdk.deployed",
    "Provenance": "lamplighter.domain.version",
    "connect": "lamplighter.sdk.connect",
    "deploy": "lamplighter.sdk.deployed",
    "model": "lamplighter.sdk.slicing",
    "predictor": "lamplighter.packaging.predictor",
    "register": "lamplighter.sdk.deployed",
    "reproduce": "lamplighter.sdk.reproduction",
    "training_data": "lamplighter.sdk.training_data",
}

__all__ = [
    "Build",
    "Deployment",
    "Provenance",
    "__version__",
    "connect",
    "deploy",
    "model",
    "predictor",
    "register",
    "reproduce",
    "training_data",
]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'lamplighter' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
