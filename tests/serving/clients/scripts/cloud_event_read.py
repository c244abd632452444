"""Reads a message as the second release of the library of CloudEvents does, and says what it found."""

import base64
import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event

given = json.load(sys.stdin)
event = from_http_event(HTTPMessage(headers=given["headers"], body=base64.b64decode(given["content"])))
found = {"type": event.get_type(), "id": event.get_id(), "source": event.get_source(), "subject": event.get_subject()}
print(json.dumps({**found, "time": event.get_time().isoformat(), "data": event.get_data()}))
