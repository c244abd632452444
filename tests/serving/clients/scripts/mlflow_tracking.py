"""What a data scientist does with the client of MLflow while looking for a model: only an address and a token are set."""

import json
import math

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

client, told = MlflowClient(), {}


def refused(deed, *arguments, **named):
    try:
        deed(*arguments, **named)
    except MlflowException as error:
        return error.error_code
    return "done"


mlflow.set_experiment("trees")
with mlflow.start_run(run_name="first", description="Three levels.") as run:
    mlflow.log_params({"depth": 3, "rate": 0.1})
    for step in range(3):
        mlflow.log_metric("auc", (7 + step) / 10, step=step)
    mlflow.log_metrics({"nan": math.nan, "inf": -math.inf})
    mlflow.set_tag("team", "risk")
    mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"x": [1.0, 2.0]}), name="rows"), context="training")
    with mlflow.start_run(run_name="inner", nested=True):
        mlflow.log_param("depth", 4)
first = mlflow.get_run(run.info.run_id)
told["first"] = [first.info.status, first.info.run_name, first.info.user_id, first.data.params]
told["metrics"] = {name: str(value) for name, value in first.data.metrics.items()}
told["tags"] = {name: value for name, value in first.data.tags.items() if not name.startswith("mlflow.source")}
told["data"] = [[one.dataset.name, one.tags[0].value] for one in first.inputs.dataset_inputs]
told["history"] = [[one.step, one.value] for one in client.get_metric_history(run.info.run_id, "auc")]
found = mlflow.search_runs(filter_string="metrics.auc > 0.8 AND params.depth = '3'", order_by=["metrics.auc DESC"])
told["found"] = found[["tags.mlflow.runName", "metrics.auc"]].values.tolist()
told["inner"] = len(mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{run.info.run_id}'"))
told["experiments"] = [one.name for one in mlflow.search_experiments(filter_string="name LIKE 'tr%'")]

batch = client.create_run(mlflow.get_experiment_by_name("trees").experiment_id).info.run_id
values = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(1000)]
client.log_batch(batch, values)
client.log_batch(batch, values[:900], [Param(f"p{place}", "1") for place in range(50)], [RunTag("t", "u")] * 50)
told["batch"] = [len(client.get_metric_history(batch, "loss")), len(client.get_run(batch).data.params)]
client.set_terminated(batch, "FAILED")
client.update_run(batch, name="batch")
told["ended"] = [client.get_run(batch).info.status, client.get_run(batch).info.run_name]

told["refused"] = {
    "other value": refused(client.log_param, run.info.run_id, "depth", 9),
    "same value": refused(client.log_param, run.info.run_id, "depth", 3),
    "taken": refused(mlflow.create_experiment, "trees"),
    "missing": refused(mlflow.get_run, "0" * 32),
    "search": refused(mlflow.search_runs, filter_string="tags.team IN ('a')"),
    "long": refused(client.set_tag, run.info.run_id, "long", "x" * 9000),
    "not offered": refused(mlflow.search_traces, locations=["1"]),
}
client.delete_run(batch)
told["deleted"] = [refused(client.log_metric, batch, "loss", 1.0), len(mlflow.search_runs())]
client.restore_run(batch)
experiment = mlflow.get_experiment_by_name("trees").experiment_id
client.set_experiment_tag(experiment, "area", "trains")
client.rename_experiment(experiment, "forests")
client.delete_experiment(experiment)
told["gone"] = [refused(client.create_run, experiment), len(client.search_runs([experiment]))]
client.restore_experiment(experiment)
told["back"] = [
    client.get_experiment(experiment).name,
    client.get_experiment(experiment).tags,
    len(client.search_runs([experiment])),
]
print(json.dumps(told))
