from lamplighter.domain.version import Provenance
from lamplighter.packaging.predictor import predictor
from lamplighter.sdk.build import Build
from lamplighter.sdk.connect import connect
from lamplighter.sdk.deployed import Deployment, deploy, register
from lamplighter.sdk.reproduction import reproduce
from lamplighter.sdk.slicing import model
from lamplighter.sdk.training_data import training_data

__version__: str
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
