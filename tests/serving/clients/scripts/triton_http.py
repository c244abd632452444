"""tritonclient.http: binary tensors both ways, which is its default, and JSON both ways."""

import json
import sys

import numpy as np
from tritonclient import http
from tritonclient.utils import InferenceServerException

DATATYPES = {"dep_delay": ("FP64", "f8"), "distance": ("INT64", "i8"), "carrier": ("BYTES", object), "weekend": ("BOOL", "?")}

told = json.load(sys.stdin)
# The client adds its own headers to the mapping it is handed, so each call gets a fresh one.
token = {"Authorization": f"Bearer {told['token']}"}
answers = {}
for base in ("", f"/m/{told['model']}"):
    client = http.InferenceServerClient(f"127.0.0.1:{told['port']}{base}")
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(told["model"], headers=dict(token))
    inputs = []
    for tensor in client.get_model_metadata(told["model"], headers=dict(token))["inputs"]:
        datatype, kind = DATATYPES[tensor["name"]]
        assert tensor["datatype"] == datatype
        values = np.array(told["columns"][tensor["name"]], dtype=kind)
        inputs.append(http.InferInput(tensor["name"], values.shape, datatype))
        inputs[-1].set_data_from_numpy(values)
    for packing in (None, "gzip", "deflate"):
        result = client.infer(
            told["model"],
            inputs,
            headers=dict(token),
            request_compression_algorithm=packing,
            response_compression_algorithm=packing,
        )
        name = result.get_response()["outputs"][0]["name"]
        answers[f"{base} {packing}"] = result.as_numpy(name).tolist()
    result = client.infer(
        told["model"], inputs, model_version="3", outputs=[http.InferRequestedOutput(name)], headers=dict(token)
    )
    answers[f"{base} chosen"] = result.as_numpy(name).tolist()
    # All in JSON: the client names no Content-Type then.
    for tensor in inputs:
        kind = DATATYPES[tensor.name()][1]
        tensor.set_data_from_numpy(np.array(told["columns"][tensor.name()], dtype=kind), binary_data=False)
    plain = [http.InferRequestedOutput(name, binary_data=False)]
    result = client.infer(told["model"], inputs, outputs=plain, headers=dict(token))
    answers[f"{base} json"] = result.as_numpy(name).tolist()
    try:
        client.infer(told["model"], inputs[1:], headers=dict(token))
    except InferenceServerException as error:
        answers[f"{base} refusal"] = str(error)
    client.close()
print(json.dumps(answers))
