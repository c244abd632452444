"""Channels against real receivers: delivered once, or refused with one sentence without secrets."""

import json
import os
import pkgutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.channels.mailboxes import mailbox

from lamplighter import channels
from lamplighter.channels import apprise, inbox, webhook
from lamplighter.channels.base import Channel, Message, Receiver, Undelivered, kept_line
from lamplighter.plugins import plugin

MESSAGE = Message(
    id="31-webhook",
    person="ivo@example.com",
    model="late-flights",
    incident="I-31",
    title="late-flights: functional incident I-31",
    text="It is worse than agreed.\nSafe action: lamp rollback late-flights",
    at=1_772_544_720_000_000,
    environment="prod",
    kind="functional",
    severity="page",
)


class Request(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Listener(NamedTuple):
    port: int
    requests: list[Request]

    def address(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def receiving(answer: Callable[[BaseHTTPRequestHandler], None], port: int = 0) -> Iterator[Listener]:
    """An HTTP server on loopback, on this port or a free one, that keeps what it is sent and answers as told."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            requests.append(Request(self.command, self.path, headers, json.loads(body)))
            answer(self)

        do_GET = do_POST

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Listener(server.server_address[1], requests)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, text in headers.items():
            handler.send_header(name, text)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def undelivered(address: str, channel: Channel = webhook) -> str:
    """Why the message did not arrive."""
    return undelivered_as(MESSAGE, channel, Receiver(address=address))


def undelivered_as(message: Message, channel: Channel, receiver: Receiver) -> str:
    """Why this message did not arrive."""
    with pytest.raises(Undelivered) as caught:
        channel.send(message, receiver)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted({module.name for module in pkgutil.iter_modules(channels.__path__)} - {"base"}))
def test_every_file_is_a_channel(name: str) -> None:
    found: Channel = plugin("channels", name)
    assert callable(found.send)
    assert {type(wish) for wish in (found.FOLLOWS, found.DIGESTS, found.RELEASES)} == {bool}
    assert found is import_module(f"lamplighter.channels.{name}")


def test_the_inbox_has_nothing_left_to_do() -> None:
    inbox.send(MESSAGE, Receiver())


@pytest.mark.parametrize("code", [200, 202, 204])
def test_a_webhook_is_one_cloud_event(code: int) -> None:
    with receiving(status(code)) as receiver:
        webhook.send(MESSAGE, Receiver(address=receiver.address("/hook?team=ops")))
    assert len(receiver.requests) == 1
    method, path, headers, body = receiver.requests[0]
    assert (method, path) == ("POST", "/hook?team=ops")
    assert (headers["content-type"], headers["webhook-id"]) == ("application/cloudevents+json", "31-webhook")
    assert body == {
        "specversion": "1.0",
        "id": "31-webhook",
        "source": "lamplighter",
        "type": "lamplighter.incident.opened.v1",
        "subject": "late-flights/I-31",
        "time": "2026-03-03T13:32:00Z",
        "datacontenttype": "application/json",
        "data": msgspec.to_builtins(MESSAGE),
    }


@pytest.mark.parametrize("code", [400, 401, 404, 429, 500, 503])
def test_an_answer_that_is_no_success_is_not_delivered(code: int) -> None:
    with receiving(status(code)) as receiver:
        assert undelivered(receiver.address()) == f"The receiver answered {code}."
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(code: int) -> None:
    with receiving(status(200)) as elsewhere:
        with receiving(status(code, Location=elsewhere.address("/stolen"))) as receiver:
            assert undelivered(receiver.address()) == f"The receiver answered {code}."
        assert len(receiver.requests) == 1
        assert elsewhere.requests == []


def test_a_port_that_nobody_listens_at_is_not_delivered() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    assert undelivered(f"http://127.0.0.1:{port}/hook?token=secret") == "The receiver could not be reached (ConnectError)."


@pytest.mark.parametrize("address", ["", "hook", "ftp://127.0.0.1/", "http://[::1", "http://127.0.0.1:99999/", "http://"])
def test_an_address_that_is_none_is_not_delivered(address: str) -> None:
    assert undelivered(address).startswith("The receiver could not be reached")


def test_a_receiver_that_hangs_up_or_talks_nonsense_is_not_delivered() -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 smtp.example.com ESMTP\r\n")

    for answer in (lambda _: None, nonsense):
        with receiving(answer) as receiver:
            assert undelivered(receiver.address()) == "The receiver could not be reached (RemoteProtocolError)."


def test_the_variables_of_a_proxy_are_not_heeded() -> None:
    """The address of the configuration is called and no other."""
    with receiving(status(200)) as receiver, receiving(status(200)) as proxy:
        script = f"from tests.channels.test_channels import *; webhook.send(MESSAGE, Receiver(address={receiver.address()!r}))"
        environment = {**os.environ, "http_proxy": proxy.address(""), "all_proxy": proxy.address(""), "no_proxy": ""}
        subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=Path(__file__).parents[2])
        assert (len(receiver.requests), len(proxy.requests)) == (1, 0)


SlowAnswer = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def silent(_: BaseHTTPRequestHandler, ending: threading.Event) -> None:
    """Never answers."""
    ending.wait()


def dripping(handler: BaseHTTPRequestHandler, ending: threading.Event) -> None:
    """Sends a byte of its head now and then."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        handler.wfile.write(bytes([byte]))
        if ending.wait(0.5):
            return


def endless(handler: BaseHTTPRequestHandler, ending: threading.Event) -> None:
    """Answers with a body that has no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while not ending.wait(0.01):
            handler.wfile.write(b"x" * 1000)


def told(answer: SlowAnswer) -> tuple[str, float]:
    """What is said of a slow receiver, and after how many seconds."""
    ending = threading.Event()
    with receiving(lambda handler: answer(handler, ending)) as receiver:
        begun, why = time.monotonic(), ""
        try:
            webhook.send(MESSAGE, Receiver(address=receiver.address()))
        except Undelivered as error:
            why = str(error)
        took = time.monotonic() - begun
        ending.set()
    return why, took


def test_slow_receivers_do_not_hold_up_the_next_message() -> None:
    with ThreadPoolExecutor(3) as together:
        one, two, three = together.map(told, (silent, dripping, endless))
    late = "The receiver did not answer within 5 seconds."
    assert [one[0], two[0], three[0]] == [late, late, ""]
    assert max(one[1], two[1]) < 9.0
    assert three[1] < 5.0


#: A library that Apprise brings along uses a module of Python that is going away.
old_library = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


#: Services behind a server of one's own, and where each keeps title and text.
SERVICES = [
    ("json://127.0.0.1:{port}/told", "/told", ("title", "message")),
    ("ntfy://127.0.0.1:{port}/pager", "/", ("title", "message")),
    ("gotify://127.0.0.1:{port}/token", "/message", ("title", "message")),
    ("mmost://127.0.0.1:{port}/" + "3" * 32, "/hooks/" + "3" * 32, ("text", "text")),
]


@old_library
@pytest.mark.parametrize(("address", "path", "places"), SERVICES, ids=lambda one: str(one).partition(":")[0])
def test_apprise_tells_the_service_behind_its_address(address: str, path: str, places: tuple[str, str]) -> None:
    with receiving(status(200)) as receiver:
        apprise.send(MESSAGE, Receiver(address=address.format(port=receiver.port)))
    (request,) = receiver.requests
    title, text = (request.body[place].replace("\r\n", "\n") for place in places)
    assert (request.path, MESSAGE.title in title, MESSAGE.text in text) == (path, True, True)


@old_library
def test_a_mail_is_plain_text_with_its_lines() -> None:
    lines = ["late-flights fails.", "Safe action: lamp rollback late-flights", "http://127.0.0.1:7070/incidents/I-1"]
    with mailbox() as server:
        apprise.send(msgspec.structs.replace(MESSAGE, text="\n".join(lines)), Receiver(address=server.address))
    (mail,) = server.mails
    assert mail.get_content_type() == "text/plain"
    assert (mail["Subject"], mail.get_content().splitlines()) == (MESSAGE.title, lines)


@old_library
@pytest.mark.parametrize(
    ("severity", "over", "kind"),
    [("page", False, "failure"), ("notice", False, "warning"), ("", False, "info"), ("page", True, "success")],
)
def test_services_that_know_the_difference_are_told_how_bad_it_is(severity: str, over: bool, kind: str) -> None:
    with receiving(status(200)) as receiver:
        told = msgspec.structs.replace(MESSAGE, severity=severity, over=over)
        apprise.send(told, Receiver(address=f"json://127.0.0.1:{receiver.port}/told"))
    assert [request.body["type"] for request in receiver.requests] == [kind]


@old_library
@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops",
        "pagerduty://integration0key@api0key/source/component",
        "opsgenie://a0b1c2d3-e4f5-6789-abcd-ef0123456789",
        "mailto://user:password@mail.example.com",
        "workflows://host.example.com/workflow/signature",
        "incidentio://token/source",
    ],
)
def test_addresses_of_services_are_known_to_apprise(address: str) -> None:
    library = import_module("apprise")
    assert library.Apprise().add(address)


@old_library
def test_what_apprise_cannot_deliver_is_tried_again() -> None:
    with receiving(status(500)) as receiver:
        address = f"json://user:secret@127.0.0.1:{receiver.port}/"
        assert undelivered(address, apprise) == "The service behind the address did not take it."
    assert undelivered(address, apprise) == "The service behind the address did not take it."
    assert undelivered("carrier-pigeon://secret", apprise) == "Apprise does not know this kind of address."


def keeping(handler: BaseHTTPRequestHandler) -> None:
    """Answers and keeps the connection open."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    handler.close_connection = False


def leaving(handler: BaseHTTPRequestHandler) -> None:
    """Answers as if the connection stayed open, and ends it."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    handler.close_connection = True


def unfinished(handler: BaseHTTPRequestHandler) -> None:
    """Says that a body follows, and sends none."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    handler.close_connection = False


def tired(handler: BaseHTTPRequestHandler) -> None:
    """Answers once, and ends the connection when it is asked for more."""
    handler.close_connection = hasattr(handler, "asked")
    if not handler.close_connection:
        handler.asked = True  # type: ignore[attr-defined]
        keeping(handler)


@pytest.mark.parametrize(("answer", "connections"), [(keeping, 1), (leaving, 3), (unfinished, 3), (tired, 3)])
def test_messages_share_a_connection_as_long_as_it_lasts(
    answer: Callable[[BaseHTTPRequestHandler], None], connections: int
) -> None:
    seen = set()

    def answered(handler: BaseHTTPRequestHandler) -> None:
        seen.add(handler.client_address)
        answer(handler)

    with receiving(answered) as receiver, kept_line():
        for number in range(3):
            webhook.send(msgspec.structs.replace(MESSAGE, id=str(number)), Receiver(address=receiver.address()))
    taken = [request.headers["webhook-id"] for request in receiver.requests]
    assert (list(dict.fromkeys(taken)), len(seen)) == (["0", "1", "2"], connections)


def test_a_line_is_as_good_as_new_after_a_receiver_that_could_not_be_reached() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        dead = f"http://127.0.0.1:{held.getsockname()[1]}/hook"
    with receiving(status(200)) as receiver, kept_line():
        assert undelivered(dead) == "The receiver could not be reached (ConnectError)."
        webhook.send(MESSAGE, Receiver(address=receiver.address()))
        assert undelivered(dead) == "The receiver could not be reached (ConnectError)."
    assert len(receiver.requests) == 1
