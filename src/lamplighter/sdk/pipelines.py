"""The identity that a CI gives its jobs, exchanged for a token of the platform."""

import os
from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Unauthenticated, Unavailable
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.bearer import bearer
from lamplighter.sdk.door import BASE
from lamplighter.sdk.remote import refusal

#: The variable in which a job of GitLab, or of any other CI, holds its token.
VARIABLE = "LAMP_ID_TOKEN"


def sign_in(url: str, audience: str = "", *, timeout: float = 30.0, environ: Mapping[str, str] = os.environ) -> Secret:
    """A token of the platform at an address for the job that runs here; `audience` is that address if none is named.

    Raises `Unauthenticated` where the job has no identity or it proves nothing, and `NotAllowed` where it is not trusted.
    """
    token = id_token(audience or url, timeout=timeout, environ=environ)
    try:
        answer = httpx2.post(f"{url}{BASE}/pipelines/tokens", json={"token": token}, timeout=timeout)
    except httpx2.TransportError as error:
        raise _unreachable("platform", error) from None
    if answer.status_code >= 400:
        raise refusal(answer)
    return from_json(answer.content, Secret)


def id_token(audience: str, *, timeout: float = 30.0, environ: Mapping[str, str] = os.environ) -> str:
    """The token of this job: asked of GitHub Actions for this audience, or as it stands in `LAMP_ID_TOKEN`."""
    address, secret = environ.get("ACTIONS_ID_TOKEN_REQUEST_URL", ""), environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
    if environ.get(VARIABLE):
        return environ[VARIABLE].strip()
    if not (address and secret):
        raise Unauthenticated(
            "This job has no identity.",
            why=f"Neither GitHub Actions nor {VARIABLE} gives a token.",
            fix="Allow it: permissions with id-token: write on GitHub, id_tokens on GitLab. Runs of a fork never have one.",
            code="E1319",
        )
    return _asked(address, secret, audience, timeout)


def _asked(address: str, secret: str, audience: str, timeout: float) -> str:
    try:
        url = httpx2.URL(address).copy_merge_params({"audience": audience})
        answer = httpx2.get(url, headers={"Authorization": bearer(secret)}, timeout=timeout)
        found: dict[str, Any] = from_json(answer.content, dict[str, Any]) if answer.is_success else {}
    except (httpx2.TransportError, httpx2.InvalidURL, msgspec.DecodeError) as error:
        raise _unreachable("CI", error) from None
    if not isinstance(found.get("value"), str):
        raise Unauthenticated(
            "This job has no identity.",
            why=f"The CI answered {answer.status_code} and gave no token.",
            fix="Allow it with permissions: id-token: write.",
            code="E1319",
        )
    return str(found["value"])


def _unreachable(what: str, error: Exception) -> Unavailable:
    return Unavailable(
        f"No answer from the {what}.",
        why=f"The connection failed with {type(error).__name__}.",
        fix="Repeat the job; if it stays so, look whether the runner reaches the address.",
        code="E1702",
    )
