"""kserve's InferenceRESTClient, v1 and v2."""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig

DATATYPES = {"dep_delay": ("FP64", "f8"), "distance": ("INT64", "i8"), "carrier": ("BYTES", object), "weekend": ("BOOL", "?")}

told = json.load(sys.stdin)
headers = {"Authorization": f"Bearer {told['token']}"}
address = f"http://127.0.0.1:{told['port']}"
model, columns = told["model"], told["columns"]
rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def request(binary):
    inputs = []
    for name, values in columns.items():
        datatype, kind = DATATYPES.get(name, ("FP64", "f8"))
        values = np.array(values, dtype=kind)
        inputs.append(InferInput(name, list(values.shape), datatype))
        inputs[-1].set_data_from_numpy(values, binary_data=binary)
    return InferRequest(model_name=model, infer_inputs=inputs)


async def main():
    answers = {}
    async with InferenceRESTClient(RESTConfig(protocol="v1")) as client:
        assert await client.is_server_live(address)
        assert await client.is_model_ready(address, model, headers=headers)
        answer = await client.infer(address, {"instances": rows}, model_name=model, headers=headers)
        answers["v1"] = answer["predictions"]
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
        assert await client.is_server_live(address)
        assert await client.is_server_ready(address)
        assert await client.is_model_ready(address, model, headers=headers)
        for binary in (True, False):
            answer = await client.infer(address, request(binary), model_name=model, headers=dict(headers))
            answers[f"v2 binary {binary}"] = answer.outputs[0].as_numpy().tolist()
    return answers


print(json.dumps(asyncio.run(main())))
