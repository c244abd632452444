"""An identity provider on this machine that does as a test says: it signs in whom it is told, and lies where it is told to."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

#: What the platform is called here, and its secret.
CLIENT, SECRET = "lamp client", "s%cret/ü"


class IdentityProvider:
    """Keys, people, and every question that it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: dict[str, Any] = {"first": rsa.generate_private_key(65537, 2048)}
        self.reset()

    def reset(self) -> None:
        """Be honest, and forget everybody."""
        self.keys = {"first": self.keys["first"]}
        #: Claims of whoever is signed in next.
        self.claims: Mapping[str, Any] = {}
        #: A token in the place of an honest one, made of the claims that would be right.
        self.forged: Any = None
        self.described: Mapping[str, Any] = {}
        #: Whether answers name their provider, how a code is answered, and what of the first it is answered with.
        self.named, self.status = True, 200
        #: Whether the platform has no secret here.
        self.public = False
        self.answered: Mapping[str, Any] = {}
        self.codes: dict[str, Mapping[str, str]] = {}
        #: Questions for tokens, and what was shown with them.
        self.exchanges: list[Mapping[str, str]] = []
        self.shown: list[str] = []

    def documents(self) -> Mapping[str, Any]:
        """What stands at which path."""
        described = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "end_session_endpoint": f"{self.url}/logout",
            "authorization_response_iss_parameter_supported": self.named,
        }
        published = [{**_published(key), "kid": name, "use": "sig"} for name, key in self.keys.items()]
        return {"/.well-known/openid-configuration": {**described, **self.described}, "/keys": {"keys": published}}

    def authorize(self, address: str) -> str:
        """Sign somebody in who comes from the platform; gives the address to which they are sent back."""
        question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = question
        answer = {"code": code, "state": question["state"], **({"iss": self.url} if self.named else {})}
        return f"{question['redirect_uri']}?{urlencode(answer)}"

    def usual(self, nonce: str) -> dict[str, Any]:
        """The claims of an honest token."""
        now = int(time.time())
        return {
            "iss": self.url, "aud": CLIENT, "sub": "subject-1", "iat": now, "nbf": now, "exp": now + 300, "nonce": nonce,
            "email": "ada@example.com", "email_verified": True, "name": "Ada", "groups": ["lamp"], **self.claims,
        }  # fmt: skip

    def signed(
        self, claims: Mapping[str, Any], *, key: Any = None, kid: str = "first", algorithm: str = "RS256", **head: Any
    ) -> str:
        """A token with these claims; one that is None is left out."""
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.keys[kid] if key is None else key, algorithm=algorithm, headers={"kid": kid, **head})

    def exchange(self, form: Mapping[str, str], shown: str) -> tuple[int, Any]:
        """What the platform gets for a code: nothing without the secret, the address and the verifier that belong to it."""
        self.exchanges.append(form)
        self.shown.append(shown)
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            not asked
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
            or not self._knows(form, shown)
        ):
            return 400, {"error": "invalid_grant"}
        claims = self.usual(asked["nonce"])
        token = self.signed(claims) if self.forged is None else self.forged(claims)
        return self.status, {"id_token": token, "access_token": "a", "token_type": "Bearer", **self.answered}

    def _knows(self, form: Mapping[str, str], shown: str) -> bool:
        """Whether it is the platform that asks."""
        if self.public:
            return (form.get("client_id"), shown, "client_secret" in form) == (CLIENT, "", False)
        pair = base64.b64decode(shown.removeprefix("Basic ")).decode()
        return [unquote(part) for part in pair.split(":")] == [CLIENT, SECRET]


def _published(key: Any) -> dict[str, Any]:
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        return dict(jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True))
    if isinstance(public, ed25519.Ed25519PublicKey):
        return dict(jwt.algorithms.OKPAlgorithm.to_jwk(public, as_dict=True))
    return dict(jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True))


@contextmanager
def vouching() -> Iterator[IdentityProvider]:
    """A running provider."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(self.path))
                self.end_headers()
            else:
                self.answer(200, provider.documents().get(path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*provider.exchange(form, self.headers.get("Authorization", "")))

        def answer(self, status: int, document: Any) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10.0)
