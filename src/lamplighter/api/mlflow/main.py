"""All routes that clients of MLflow call; those for what is not offered take everything that is left below its roots."""

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.experiments import experiment_routes
from lamplighter.api.mlflow.logging import logging_routes
from lamplighter.api.mlflow.runs import run_routes
from lamplighter.api.mlflow.server import other_routes, server_routes


def mlflow_routes() -> list[Guarded]:
    """The routes, those for everything else last."""
    return [*server_routes(), *experiment_routes(), *run_routes(), *logging_routes(), *other_routes()]
