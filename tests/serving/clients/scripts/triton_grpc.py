"""tritonclient.grpc with its defaults: raw tensors both ways."""

import json
import sys

import numpy as np
from tritonclient import grpc
from tritonclient.utils import InferenceServerException

DATATYPES = {"dep_delay": ("FP64", "f8"), "distance": ("INT64", "i8"), "carrier": ("BYTES", object), "weekend": ("BOOL", "?")}

told = json.load(sys.stdin)
headers = {"authorization": f"Bearer {told['token']}"}
model = told["model"]
client = grpc.InferenceServerClient(f"127.0.0.1:{told['grpc_port']}")
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready(model, headers=headers) and client.is_model_ready(model, "3", headers=headers)
server = client.get_server_metadata(headers=headers)
metadata = client.get_model_metadata(model, headers=headers)
inputs = []
for tensor in metadata.inputs:
    datatype, kind = DATATYPES[tensor.name]
    assert tensor.datatype == datatype
    values = np.array(told["columns"][tensor.name], dtype=kind)
    inputs.append(grpc.InferInput(tensor.name, values.shape, datatype))
    inputs[-1].set_data_from_numpy(values)
name = metadata.outputs[0].name
answers, refusals = {}, {}
for packing in (None, "gzip", "deflate"):
    result = client.infer(model, inputs, request_id="order-7", headers=headers, compression_algorithm=packing)
    assert result.get_response().id == "order-7"
    answers[str(packing)] = result.as_numpy(name).tolist()
result = client.infer(model, inputs, model_version="3", outputs=[grpc.InferRequestedOutput(name)], headers=headers)
answers["chosen"] = result.as_numpy(name).tolist()
ASKED = {
    "missing": lambda: client.infer(model, inputs[1:], headers=headers),
    "version": lambda: client.infer(model, inputs, model_version="9", headers=headers),
    "no version": lambda: client.infer(model, inputs, model_version="x", headers=headers),
    "model": lambda: client.infer("nobody", inputs, headers=headers),
    "stranger": lambda: client.infer(model, inputs),
    "stranger's question": lambda: client.get_model_metadata(model),
    "id": lambda: client.infer(model, inputs, request_id="../etc", headers=headers),
    "path": lambda: client.get_model_metadata("../x", headers=headers),
}
for why, ask in ASKED.items():
    try:
        ask()
    except InferenceServerException as error:
        refusals[why] = error.status()
told = {"server": server.name, "versions": list(metadata.versions), "answers": answers, "refusals": refusals}
print(json.dumps(told))
