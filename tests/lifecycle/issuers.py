"""An issuer of tokens on this machine: it publishes its keys as GitHub and GitLab do, and signs with a real library."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa


class Issuer:
    """Keys by name, and what of them is published."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: dict[str, Any] = {"first": rsa.generate_private_key(65537, 2048)}
        #: Requests for the published keys so far, and the status they are answered with.
        self.asked, self.status = 0, 200
        #: What the description says in place of the truth.
        self.described: Mapping[str, Any] = {}
        #: Claims of a job that asks as on GitHub Actions, and the secret with which it asks.
        self.job: Mapping[str, Any] = {}
        self.secret = "request-secret"

    def documents(self) -> Mapping[str, Any]:
        """What stands at which path."""
        published = [{**_published(key), "kid": name, "use": "sig"} for name, key in self.keys.items()]
        return {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.described},
            "/keys": {"keys": published},
        }

    def token(self, *, key: Any = None, kid: str = "first", algorithm: str = "RS256", **claims: Any) -> str:
        """A token with the claims of a job on GitHub, unless others are named; one that is None is left out."""
        now = int(time.time())
        usual = {
            "iss": self.url, "aud": "lamp", "sub": "repo:example/flights:environment:prod", "iat": now, "nbf": now,
            "exp": now + 300, "repository": "example/flights", "environment": "prod", "ref": "refs/heads/main",
            "actor": "octocat", "run_id": "4711",
        }  # fmt: skip
        kept = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(kept, self.keys[kid] if key is None else key, algorithm=algorithm, headers={"kid": kid})


def _published(key: Any) -> dict[str, Any]:
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        return dict(jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True))
    return dict(jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True))


@contextmanager
def issuing(kind: type[Issuer] = Issuer) -> Iterator[Issuer]:
    """A running issuer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/job":
                self.answer_job(parse_qs(parts.query))
            else:
                issuer.asked += parts.path == "/keys"
                self.answer(issuer.status, issuer.documents().get(parts.path))

        def answer_job(self, query: Mapping[str, list[str]]) -> None:
            known = self.headers.get("Authorization") == f"Bearer {issuer.secret}"
            self.answer(200 if known else 401, {"value": issuer.token(**{"aud": query["audience"][0], **issuer.job})})

        def answer(self, status: int, document: Any) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = kind(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10.0)
