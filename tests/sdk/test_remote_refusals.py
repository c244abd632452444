"""What a client makes of the answers of a server: every kind of refusal, and answers that are none of the platform's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from starlette.requests import Request
from tests.ports import free_port

from lamplighter.api.problems import STATUS, problem
from lamplighter.domain import errors
from lamplighter.domain.errors import LampError
from lamplighter.sdk.bearer import bearer
from lamplighter.sdk.remote import remote


@contextmanager
def answering(status: int, content: bytes) -> Iterator[str]:
    """A server that gives one and the same answer; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def refusal(url: str) -> LampError:
    """What a question to this address raises."""
    platform = remote(url, "lmp_pat_nobody", timeout=5.0)
    try:
        with pytest.raises(LampError) as caught:
            platform.whoami()
        return caught.value
    finally:
        platform.close()


@pytest.mark.parametrize("kind", STATUS)
def test_every_kind_arrives_as_itself(kind: type[LampError]) -> None:
    sent = kind("It was refused.", why="There is a reason.", fix="Do something else.", code="E1999")
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "state": {}})
    answer = problem(request, sent)
    with answering(answer.status_code, bytes(answer.body)) as url:
        got = refusal(url)
    assert type(got) is kind
    assert (got.what, got.why, got.fix, got.code) == (sent.what, sent.why, sent.fix, sent.code)


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (502, b"<html>bad gateway</html>", LampError),
        (503, b"", errors.Unavailable),
        (404, b"[]", errors.NotFound),
        (403, msgspec.json.encode({"title": "No."}), errors.NotAllowed),
    ],
)
def test_the_answer_of_a_proxy_is_a_refusal_too(status: int, content: bytes, kind: type[LampError]) -> None:
    with answering(status, content) as url:
        got = refusal(url)
    assert type(got) is kind
    assert got.why
    assert got.fix


def test_nobody_there_is_unavailable() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    got = refusal(url)
    assert isinstance(got, errors.Unavailable)
    assert (got.code, got.what) == ("E1702", f"No answer from {url}.")


@pytest.mark.parametrize("token", ["", " ", "lmp_pat_a\nb", "lmp_pat_a b", "lmp_pät"])
def test_what_cannot_be_a_token_is_named_and_not_sent(token: str) -> None:
    with pytest.raises(errors.Unauthenticated, match="That is no token") as caught:
        remote("http://127.0.0.1:1", token)
    assert caught.value.code == "E1325"


def test_the_white_space_of_copying_does_no_harm() -> None:
    assert bearer(" lmp_pat_AB-c_1=\n") == "Bearer lmp_pat_AB-c_1="
