"""jsonschema with the schema of Google's Model Card Toolkit; a name that it does not know is wrong, too."""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator, FormatChecker


def closed(part):
    """The schema, with no further names in any object."""
    if isinstance(part, dict):
        part = {name: closed(one) for name, one in part.items()}
        return (
            part | {"additionalProperties": False}
            if isinstance(part.get("properties"), dict) and part.get("type") == "object"
            else part
        )
    return [closed(one) for one in part] if isinstance(part, list) else part


told = json.load(sys.stdin)
validator = Draft7Validator(closed(json.loads(Path(told["schema"]).read_text())), format_checker=FormatChecker())
print(json.dumps([[error.message for error in validator.iter_errors(card)] for card in told["cards"]]))
