"""mlserver's PandasCodec: a whole frame there, a whole frame back."""

import json
import sys
from urllib.request import Request, urlopen

import pandas as pd
from mlserver.codecs import PandasCodec
from mlserver.types import InferenceResponse

told = json.load(sys.stdin)
request = PandasCodec.encode_request(pd.DataFrame(told["columns"]), use_bytes=False)
address = f"http://127.0.0.1:{told['port']}/v2/models/{told['model']}/infer"
headers = {"Authorization": f"Bearer {told['token']}", "Content-Type": "application/json"}
with urlopen(Request(address, request.model_dump_json().encode(), headers), timeout=30) as answer:
    response = InferenceResponse.model_validate_json(answer.read())
assert response.parameters.content_type == "pd"
print(json.dumps(PandasCodec.decode_response(response).to_dict("list")))
