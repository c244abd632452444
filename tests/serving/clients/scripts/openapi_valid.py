"""openapi-spec-validator on the description of the model."""

import json
import sys
from urllib.request import Request, urlopen

from openapi_spec_validator import OpenAPIV31SpecValidator

told = json.load(sys.stdin)
address = f"http://127.0.0.1:{told['port']}/m/{told['model']}/openapi.json"
with urlopen(Request(address, headers={"Authorization": f"Bearer {told['token']}"}), timeout=30) as answer:
    document = json.load(answer)
OpenAPIV31SpecValidator(document).validate()
print(json.dumps(document))
