"""cyclonedx-python-lib on bills of materials: what its strict validator says of each, and what it reads."""

import json
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

told = []
validator = JsonStrictValidator(SchemaVersion.V1_6)
for text in json.load(sys.stdin):
    wrong = validator.validate_str(text)
    bom = Bom.from_json(json.loads(text))
    model = bom.metadata.component
    purls = [str(one["purl"]) for one in (json.loads(text)["metadata"]["component"], *json.loads(text).get("components", ()))]
    told.append(
        {
            "wrong": str(wrong.data) if wrong else "",
            "model": [model.type.value, model.name, model.version, [one.content for one in model.hashes]],
            "files": {one.name: [digest.content for digest in one.hashes] for one in model.components},
            "packages": {one.name: [str(one.purl), sorted(digest.content for digest in one.hashes)] for one in bom.components},
            "vulnerabilities": {one.id: [target.ref for target in one.affects] for one in bom.vulnerabilities},
            "dependencies": [
                str(one.ref) for whose in bom.dependencies if whose.ref == model.bom_ref for one in whose.dependencies
            ],
            "purls": [one == PackageURL.from_string(one).to_string() for one in purls],
        }
    )
print(json.dumps(told))
