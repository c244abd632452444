"""Sends what the inference logger of KServe sends, with the library of CloudEvents and the requests of KServe's own client."""

import json
import sys
from urllib.request import Request, urlopen

import numpy as np
from cloudevents.http import CloudEvent, to_binary, to_structured
from kserve import InferInput, InferOutput, InferRequest, InferResponse

URL, TOKEN = sys.argv[1:]
NAMES = ("delay", "load", "line")
ROWS = [(3.0, 0.5, "coast"), (9.5, 0.25, "hills")]
ANSWERS: dict[str, list] = {}


def event(identity: str, half: str, data: dict, second: float) -> CloudEvent:
    attributes = {
        "id": identity,
        "type": f"org.kubeflow.serving.inference.{half}",
        "source": "http://localhost:9081/",
        "time": f"2023-11-14T22:13:{second:09.6f}Z",
        "datacontenttype": "application/json",
        "inferenceservicename": "late-trains",
        "namespace": "models",
        "component": "predictor",
    }
    return CloudEvent(attributes, data)


def send(found: CloudEvent, mode) -> None:
    import base64

    headers, body = mode(found)
    login = base64.b64encode(f"logger:{TOKEN}".encode()).decode()
    content = body if isinstance(body, bytes) else body.encode()
    with urlopen(Request(URL, content, {**headers, "Authorization": f"Basic {login}"})) as answer:
        ANSWERS.setdefault(found["id"], []).append([answer.status, json.load(answer)])


def v2_request() -> dict:
    columns = {
        "delay": np.array([[row[0]] for row in ROWS]),
        "load": np.array([[row[1]] for row in ROWS]),
        "line": np.array([[row[2]] for row in ROWS], dtype=object),
    }
    kinds = {"delay": "FP64", "load": "FP64", "line": "BYTES"}
    tensors = []
    for name, values in columns.items():
        tensor = InferInput(name=name, shape=list(values.shape), datatype=kinds[name])
        tensor.set_data_from_numpy(values, binary_data=False)
        tensors.append(tensor)
    return InferRequest(model_name="late-trains", infer_inputs=tensors).to_dict()


def v2_response() -> dict:
    output = InferOutput(name="probabilities", shape=[2, 2], datatype="FP64")
    output.set_data_from_numpy(np.array([[0.75, 0.25], [0.1, 0.9]]), binary_data=False)
    response = InferResponse(response_id="r", model_name="late-trains", infer_outputs=[output])
    found = response.to_rest()
    return found[0] if isinstance(found, tuple) else found


v1 = {"instances": [dict(zip(NAMES, row, strict=True)) for row in ROWS]}
send(event("v1", "request", v1, 20.0), to_binary)
send(event("v1", "response", {"predictions": [[0.75, 0.25], [0.1, 0.9]]}, 20.125), to_binary)
# The response first, as objects in whole, and each of them twice.
for _ in range(2):
    send(event("v2", "response", v2_response(), 22.5), to_structured)
    send(event("v2", "request", v2_request(), 22.0), to_structured)
json.dump(ANSWERS, sys.stdout)
