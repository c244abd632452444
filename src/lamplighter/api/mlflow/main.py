"""All routes that clients of MLflow call; those for what is not offered take everything that is left below its roots."""

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.artifacts import artifact_routes
from lamplighter.api.mlflow.experiments import experiment_routes
from lamplighter.api.mlflow.logged_models import logged_model_routes
from lamplighter.api.mlflow.logging import logging_routes
from lamplighter.api.mlflow.registry import registry_routes
from lamplighter.api.mlflow.runs import run_routes
from lamplighter.api.mlflow.server import other_routes, server_routes
from lamplighter.api.mlflow.versions import version_routes


def mlflow_routes() -> list[Guarded]:
    """The routes, those for everything else last."""
    return [
        *server_routes(),
        *experiment_routes(),
        *run_routes(),
        *logging_routes(),
        *logged_model_routes(),
        *artifact_routes(),
        *registry_routes(),
        *version_routes(),
        *other_routes(),
    ]
