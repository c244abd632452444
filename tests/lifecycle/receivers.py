"""A receiver of webhooks on a real socket, which can be told to refuse."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        #: What came, decoded, in order.
        self.events: list[dict[str, Any]] = []
        #: The same as it came.
        self.bodies: list[bytes] = []
        #: The headers that came with it.
        self.headers: list[dict[str, str]] = []
        #: What is answered from now on.
        self.status = 200
        #: Connections that were opened.
        self.connections = 0
        #: Numbers of events whose messages are always refused.
        self.refuses: set[str] = set()
        #: What is done with the next requests, one after the other: a status, `hang` or `die`; after them `status` counts.
        self.script: list[int | str] = []
        self.ends = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def told(self, incident: str) -> list[str]:
        """Who was told of an incident because they have to act, in order."""
        return [event["data"]["person"] for event in self.of(incident) if event["data"]["person"]]

    def verbs(self, incident: str) -> list[str]:
        """What the receiver was told of an incident, in order."""
        return [event["type"].removeprefix("lamplighter.").removesuffix(".v1") for event in self.of(incident)]

    def of(self, incident: str) -> list[dict[str, Any]]:
        """What came about an incident."""
        return [event for event in self.events if event["data"]["incident"] == incident]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    #: Head and body leave together.
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.events.append(json.loads(content))
        self.server.bodies.append(content)
        self.server.headers.append(dict(self.headers.items()))
        then = self.server.script.pop(0) if self.server.script else self.server.status
        if then == "hang":
            self.server.ends.wait(60.0)
        if isinstance(then, str):
            self.close_connection = True
            return
        refused = self.headers["webhook-id"].partition("-")[0] in self.server.refuses
        self.send_response(400 if refused else then)
        if then in (301, 302, 307, 308):
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver until the end of the block, on a port of its own or on this one."""
    receiver = Receiver(port)
    thread = threading.Thread(target=receiver.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ends.set()
        receiver.shutdown()
        thread.join()
        receiver.server_close()
