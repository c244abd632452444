"""A data scientist logs and registers a model with MLflow and asks for the traffic: `python mlflow_candidate.py PACKAGES`.

It runs in a process of its own, with the environment of MLflow behind the one that the models are made in. Only the address and
the token are ours.
"""

import hashlib
import importlib
import json
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sdk import models

warnings.simplefilter("ignore")
sys.path.append(sys.argv[1])
mlflow = importlib.import_module("mlflow")
exceptions = importlib.import_module("mlflow.exceptions")
library = importlib.import_module("mlflow.sklearn")
NAME = "late-trams"


def refused(deed: Callable[..., Any], *arguments: Any) -> str:
    try:
        deed(*arguments)
    except exceptions.MlflowException as error:
        return str(error)
    return "done"


def files(told: dict[str, Any], run: str) -> None:
    """Files go both ways, the large one in pieces."""
    folder = Path(tempfile.mkdtemp())
    (folder / "inner").mkdir()
    content = bytes(range(256)) * 20_000
    (folder / "large.bin").write_bytes(content)
    (folder / "inner" / "ä b.txt").write_text("words")
    mlflow.log_artifacts(str(folder), "all", run_id=run)
    back = Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="all"))
    told["equal"] = hashlib.sha256((back / "large.bin").read_bytes()).digest() == hashlib.sha256(content).digest()
    told["words"] = (back / "inner" / "ä b.txt").read_text()
    listed = mlflow.MlflowClient().list_artifacts(run, "all")
    told["files"] = [[one.path, one.is_dir, one.file_size] for one in listed]


def main() -> None:
    told: dict[str, Any] = {}
    client = mlflow.MlflowClient()
    mlflow.set_experiment("trams")
    sample, _ = models.rows(models.ROWS)
    pipeline = models.fitted()
    with mlflow.start_run() as run:
        files(told, run.info.run_id)
        signature = mlflow.models.infer_signature(sample)
        options = {"serialization_format": "skops", "signature": signature, "registered_model_name": NAME}
        info = library.log_model(pipeline, name="model", pip_requirements=["scikit-learn"], **options)
    found = mlflow.get_run(run.info.run_id)
    told["outputs"] = len(found.outputs.model_outputs)
    for uri in (info.model_uri, f"models:/{NAME}/1", f"runs:/{run.info.run_id}/model"):
        same = library.load_model(uri).predict(sample) == pipeline.predict(sample)
        told[uri.partition("/")[0] + str(uri.count("/"))] = bool(same.all())
    mlflow.register_model(f"models:/{NAME}/1", NAME)
    client.set_registered_model_alias(NAME, "challenger", 2)
    told["alias"] = client.get_model_version_by_alias(NAME, "challenger").version
    told["versions"] = [[one.version, one.current_stage] for one in client.search_model_versions(f"name = '{NAME}'")]
    told["champion"] = refused(client.set_registered_model_alias, NAME, "champion", 1)
    told["stage"] = refused(client.transition_model_version_stage, NAME, 1, "Production")
    told["elsewhere"] = refused(client.create_model_version, NAME, "s3://elsewhere/model")
    told["unsafe"] = refused(client.create_model_version, NAME, f"runs:/{run.info.run_id}/../x")
    client.set_model_version_tag(NAME, "1", "seen", "yes")
    client.update_model_version(NAME, "1", "The first.")
    one = client.get_model_version(NAME, "1")
    told["told"] = [one.tags, one.description, one.user_id]
    sys.stdout.write(json.dumps(told))


main()
