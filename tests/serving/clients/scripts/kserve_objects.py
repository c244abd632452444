"""kserve's own classes read objects that were written for it, and write them again."""

import json
import re
import sys

import kserve.models
import kubernetes.client
from kserve import ApiClient, V1alpha1ServingRuntime, V1beta1InferenceService

KINDS = {"InferenceService": V1beta1InferenceService, "ServingRuntime": V1alpha1ServingRuntime}


def of_pods(name):
    """The reader of kserve looks for the classes of pods among its own, and knows the older way to write types."""
    found = getattr(kubernetes.client, name)
    older = {part: re.sub(r"^Dict\[(.*)\]$", r"dict(\1)", kind) for part, kind in found.openapi_types.items()}
    found.openapi_types = {part: re.sub(r"^List\[", "list[", kind) for part, kind in older.items()}
    return found


class Answer:
    def __init__(self, told):
        self.data = json.dumps(told)


kserve.models.__getattr__ = of_pods
client = ApiClient()
read = [client.deserialize(Answer(one), KINDS[one["kind"]]) for one in json.load(sys.stdin)]
print(json.dumps([client.sanitize_for_serialization(one) for one in read]))
