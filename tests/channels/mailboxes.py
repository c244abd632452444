"""A server of mail on loopback that keeps what comes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Mailbox(ThreadingTCPServer):
    """Takes every mail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mails: list[EmailMessage] = []

    @property
    def address(self) -> str:
        """Where it takes mail, as Apprise writes it."""
        port = self.server_address[1]
        return f"mailto://example.com?smtp=127.0.0.1&port={port}&mode=insecure&from=lamp@example.com&to=bea@example.com"


class _Handler(StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say(b"220 example.com ESMTP")
        for line in iter(self.rfile.readline, b""):
            if line.upper().startswith(b"DATA"):
                self._say(b"354 Go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(message_from_bytes(content, policy=policy.default))
            self._say(b"250 OK")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """One that runs."""
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
