"""What a receiver of webhooks can verify with the libraries it is likely to use."""

import base64
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.channels.test_channels import MESSAGE, receiving, status

from lamplighter.channels import webhook
from lamplighter.channels.base import Receiver
from lamplighter.settings import Settings

ROOT = Path(__file__).parents[2]
OLD, NEW, OTHER = (f"whsec_{base64.b64encode(bytes([byte]) * 32).decode()}" for byte in (1, 2, 3))


def verified(content: bytes, headers: dict[str, str], *secrets: str) -> dict[str, Any]:
    """What the libraries make of a message with each secret."""
    return told("rest", "webhook_verify.py", content, headers, secrets=secrets)


def told(clients: str, name: str, content: bytes, headers: dict[str, str], **more: object) -> dict[str, Any]:
    """What a script of the clients says of a message."""
    given = {"content": base64.b64encode(content).decode(), "headers": headers, **more}
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / name
    python = ROOT / ".venv-clients" / clients / "bin" / "python"
    done = subprocess.run([python, script], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_libraries_take_a_message_signed_by_the_old_and_the_new_secret() -> None:
    now = int(time.time())
    content = webhook.cloud_event(MESSAGE)
    headers = dict(webhook.signed(MESSAGE.id, content, (NEW, OLD), now))
    found = verified(content, headers, OLD, NEW, OTHER)
    assert found["verified"] == ["verified", "verified", "No matching signature found"]
    assert (found["type"], found["id"]) == ("lamplighter.incident.opened.v1", MESSAGE.id)
    assert found["data"] == msgspec.to_builtins(MESSAGE)


def test_the_second_release_of_cloudevents_reads_the_same() -> None:
    content = webhook.cloud_event(MESSAGE)
    found = told("tensors", "cloud_event_read.py", content, dict(webhook.signed(MESSAGE.id, content, (NEW,), 0)))
    assert found == {
        "type": "lamplighter.incident.opened.v1",
        "id": MESSAGE.id,
        "source": "lamplighter",
        "subject": "late-flights/I-31",
        "time": "2026-03-03T13:32:00+00:00",
        "data": msgspec.to_builtins(MESSAGE),
    }


def test_an_old_message_and_a_changed_one_are_refused() -> None:
    now, content = int(time.time()), webhook.cloud_event(MESSAGE)
    late = dict(webhook.signed(MESSAGE.id, content, (NEW,), now - 360))
    assert verified(content, late, NEW)["verified"] == ["Message timestamp too old"]
    headers = dict(webhook.signed(MESSAGE.id, content, (NEW,), now))
    assert verified(content.replace(b"I-31", b"I-32"), headers, NEW)["verified"] == ["No matching signature found"]


def test_what_is_sent_is_what_was_signed_and_no_secret_is_in_it() -> None:
    with receiving(status(204)) as receiver:
        webhook.send(MESSAGE, Receiver(address=receiver.address(), secrets=(NEW,)))
    (request,) = receiver.requests
    content = msgspec.json.encode(request.body)
    assert verified(content, dict(request.headers), NEW)["verified"] == ["verified"]
    assert NEW not in json.dumps(request.body) + json.dumps(dict(request.headers))


@pytest.mark.parametrize("secret", ["whsec_c2hvcnQ=", "plain words that are no secret", "whsec_*"])
def test_a_secret_that_signs_nothing_is_refused_with_the_settings(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook_secrets"):
        Settings(webhooks={"pager": "http://127.0.0.1:9/"}, webhook_secrets={"pager": (secret,)})
    with pytest.raises(ValueError, match="no receiver"):
        Settings(webhook_secrets={"nobody": (NEW,)})
