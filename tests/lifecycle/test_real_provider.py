"""The same with an identity provider that others wrote: Authlib signs people in, names no key, and knows no secret of ours."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.test_single_sign_on import returned
from tests.ports import free_port
from tests.sdk.homes import until

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.identity import Purpose
from lamplighter.lifecycle import authentication, providers, single_sign_on

PROGRAM = Path(__file__).parents[2] / ".venv-clients" / "ci" / "bin" / "oidc-provider-mock"
PEOPLE = (
    '{"sub": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada", "groups": ["lamp"]}',
    '{"sub": "eve", "email": "eve@example.com", "email_verified": true, "name": "Eve", "groups": ["others"]}',
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    assert PROGRAM.exists(), "scripts/clients ci makes the environment of the clients"
    port = free_port()
    told = [word for person in PEOPLE for word in ("--user-claims", person)]
    with subprocess.Popen(
        [PROGRAM, "--port", str(port), "--require-nonce", "true", *told], stderr=subprocess.DEVNULL
    ) as running:
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def _wait(address: str) -> None:
    def answers() -> bool:
        try:
            return httpx2.get(f"{address}/jwks", trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    until(answers)


@pytest.fixture(scope="module")
def life(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("real-provider")
    secret = folder / "client-secret"
    secret.write_text("of ours")
    sections = (
        f'\n[[identity_providers]]\nname = "{name}"\nissuer = "{issuer}"\nclient_id = "{name}"\nadmitted_groups = ["lamp"]\n'
        f'groups = [{{ group = "lamp", roles = ["it"], teams = ["@ops"] }}]\n{proof}\n'
        for name, proof in (
            ("basic", f'client_secret_file = "{secret}"'),
            ("post", f'client_secret_file = "{secret}"\nclient_authentication = "client_secret_post"'),
        )
    )
    life = Life(folder / "home", "".join(sections))
    yield life
    life.close()


def sign_in(life: Life, person: str, name: str) -> str:
    """The account of a session that a person at the provider gets."""
    begun = single_sign_on.begin(life.kit, name, "/")
    answer = httpx2.post(begun.address, data={"sub": person}, trust_env=False)
    assert answer.status_code == 302, answer.text
    back = answer.headers["location"]
    assert urlsplit(back)._replace(query="").geturl() == providers.callback(life.kit, providers.find(life.kit, name))
    secret = single_sign_on.come_back(life.kit, name, returned(back), begun.cookie).session.secret
    return authentication.authenticate(life.kit, secret, Purpose.SESSION).email


@pytest.mark.parametrize("name", ["basic", "post"])
def test_who_is_admitted_signs_in_however_the_platform_shows_its_secret(life: Life, name: str) -> None:
    assert sign_in(life, "ada", name) == "ada@example.com"
    with life.kit.store.reading() as look:
        assert look.teams.find(name="@ops").members == ("ada@example.com",)  # type: ignore[union-attr]


def test_who_is_not_admitted_does_not(life: Life) -> None:
    with pytest.raises(NotAllowed) as caught:
        sign_in(life, "eve", "basic")
    assert caught.value.code == "E1338"


def test_the_provider_says_where_people_sign_out(life: Life) -> None:
    place = providers.exit_of(life.kit, providers.find(life.kit, "basic"))
    assert "/oauth2/end_session?client_id=basic&post_logout_redirect_uri=" in place
