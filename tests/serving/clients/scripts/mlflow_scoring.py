"""What callers of MLflow's scoring server send: the body of its own client, its four JSON forms, CSV and Parquet; and Arrow."""

import io
import json
import sys

import pandas as pd
import pyarrow as pa
import requests
from mlflow.deployments import PredictionsResponse
from mlflow.utils.proto_json_utils import dump_input_data

told = json.load(sys.stdin)
frame = pd.DataFrame(told["columns"])
base = f"http://127.0.0.1:{told['port']}/m/{told['model']}"
session = requests.Session()
session.headers["Authorization"] = f"Bearer {told['token']}"


def ask(media, body, path="/invocations", **headers):
    answer = session.post(base + path, body, headers={"Content-Type": media, **headers}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def parquet(table):
    out = io.BytesIO()
    table.to_parquet(out)
    return out.getvalue()


def arrow(table):
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


forms = {
    "dataframe_split": frame.to_dict("split"),
    "dataframe_records": frame.to_dict("records"),
    "instances": frame.to_dict("records"),
    "inputs": frame.to_dict("list"),
}
answers = {name: ask("application/json", json.dumps({name: rows})).json()["predictions"] for name, rows in forms.items()}
answer = PredictionsResponse.from_json(ask("application/json", dump_input_data(frame)).text)
answers["client"] = answer.get_predictions().iloc[:, 0].tolist()
answers["csv"] = ask("text/csv", frame.to_csv(index=False)).json()["predictions"]
categorical = frame.astype({"carrier": "category"})
for name, table in (("parquet", frame), ("categorical", categorical)):
    answers[name] = ask("application/vnd.apache.parquet", parquet(table)).json()["predictions"]
stream = "application/vnd.apache.arrow.stream"
answer = ask(stream, arrow(pa.Table.from_pandas(frame, preserve_index=False)), Accept=stream)
answers["arrow"] = pa.ipc.open_stream(answer.content).read_all().column(0).to_pylist()
answers["rows"] = [row["score"] for row in ask("application/json", json.dumps({"rows": forms["instances"]}), "").json()["rows"]]
assert session.get(base + "/ping", timeout=30).content == b"\n"
assert session.get(base + "/health", timeout=30).content == b"\n"
print(json.dumps(answers))
