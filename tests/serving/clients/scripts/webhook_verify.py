"""Reads a message as a receiver would, with the libraries of Standard Webhooks and CloudEvents, and says what it found."""

import base64
import json
import sys

from cloudevents.http import from_json
from standardwebhooks import Webhook, WebhookVerificationError

given = json.load(sys.stdin)
content, headers = base64.b64decode(given["content"]), given["headers"]
found = []
for secret in given["secrets"]:
    try:
        Webhook(secret).verify(content, headers)
        found.append("verified")
    except WebhookVerificationError as error:
        found.append(str(error))
event = from_json(content)
print(json.dumps({"verified": found, "type": event["type"], "id": event["id"], "time": event["time"], "data": event.data}))
