"""A browser that signs in with an identity provider, and out again; and what another site makes of the addresses in between."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.identities import CLIENT, SECRET, IdentityProvider, vouching
from tests.sdk.homes import home
from tests.web.conftest import Site, served
from tests.web.test_accessibility import violations

from lamplighter.api.authentication import COOKIE
from lamplighter.domain.identity import Purpose
from lamplighter.lifecycle import authentication, device_sign_ins, people
from lamplighter.lifecycle.kit import Kit
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages
from lamplighter.web.single_sign_on import TRIP

CONFIGURED = f"""
[[identity_providers]]
name = "example"
title = "Example & Sons"
issuer = "ISSUER"
client_id = "{CLIENT}"
client_secret_variable = "LAMP_TEST_CLIENT_SECRET"
domains = ["example.com"]
roles = ["data-scientist"]
"""
CALLBACK = "/sign-in/example/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with vouching() as provider:
        yield provider


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMP_TEST_CLIENT_SECRET", SECRET)
        settings = home(tmp_path_factory.mktemp("single-sign-on"), more=CONFIGURED.replace("ISSUER", provider.url))
        kit = Kit.open(settings)
        people.bootstrap(kit)
        yield from served(kit, with_pages(kit, pages()), [], settings.port)


@pytest.fixture
def client(site: Site) -> Iterator[httpx2.Client]:
    """A browser without a page, so that what it is sent can be seen."""
    with httpx2.Client(base_url=site.url, trust_env=False, timeout=60.0, headers={"Accept": "text/html"}) as client:
        yield client


def began(client: httpx2.Client, path: str = "/sign-in/example") -> tuple[str, str]:
    """The address of the provider, and the cookie that the browser keeps."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure", "Max-Age=600"} <= set(cookie.split("; "))
    client.cookies.clear()
    return answer.headers["location"], cookie.split(";")[0].partition("=")[2]


def test_somebody_signs_in_and_out_with_the_provider(browser: Browser, site: Site, provider: IdentityProvider) -> None:
    context = browser.new_context(base_url=site.url)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/owners")
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Sign in with Example & Sons").click()
    expect(page.get_by_role("heading", name="Owners")).to_be_visible()
    assert page.url == f"{site.url}/owners"
    assert {one["name"] for one in context.cookies()} == {COOKIE}
    page.locator(".person summary").click()
    expect(page.locator(".person")).to_contain_text("ada@example.com")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out here. Example & Sons still knows this browser")
    assert violations(page) == {}
    with page.expect_request(f"{provider.url}/logout**") as asked:
        page.get_by_role("link", name="sign out there as well").click()
    assert f"post_logout_redirect_uri={site.url.replace(':', '%3A').replace('/', '%2F')}%2Fsign-in" in asked.value.url
    context.close()


def test_the_page_says_why_somebody_does_not_get_in(browser: Browser, site: Site, provider: IdentityProvider) -> None:
    context = browser.new_context(base_url=site.url)
    context.set_default_timeout(60_000)
    page: Page = context.new_page()
    provider.claims = {"sub": "mallory", "email": "mallory@example.org"}
    try:
        page.goto("/sign-in/example")
        expect(page.get_by_role("heading", name="You may not enter.")).to_be_visible()
        expect(page.locator("main")).to_contain_text("The domain of the e-mail address is none that may enter.")
        assert "mallory" not in page.content()
        assert COOKIE not in {one["name"] for one in context.cookies()}
        assert violations(page) == {}
    finally:
        provider.reset()
        context.close()


def test_the_provider_leads_back_to_the_code_of_a_command(
    site: Site, client: httpx2.Client, provider: IdentityProvider
) -> None:
    begun = device_sign_ins.begin(site.kit, "build-7", "203.0.113.7")
    page = f"/device/{begun.user_code}"
    assert f'href="/sign-in/example?to={page}"' in client.get(f"/sign-in?to={page}").text
    address, cookie = began(client, f"/sign-in/example?to={page}")
    answer = client.get(provider.authorize(address), headers={"Cookie": f"{TRIP}={cookie}", "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    kept = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    client.cookies.clear()
    browser = {"Cookie": kept.split(";")[0], "Sec-Fetch-Site": "same-origin"}
    assert "build-7" in client.get(page, headers=browser).text
    client.post("/device/answer", data={"code": begun.user_code, "answer": "allow"}, headers=browser)
    secret = device_sign_ins.redeem(site.kit, begun.device_code).secret
    assert authentication.authenticate(site.kit, secret, Purpose.TOKEN).email == "ada@example.com"


def test_a_session_is_a_new_one_at_each_sign_in_and_the_old_one_ends(client: httpx2.Client, provider: IdentityProvider) -> None:
    sessions: list[str] = []
    for _ in range(2):
        address, cookie = began(client)
        kept = f"{TRIP}={cookie}" + "".join(f"; {COOKIE}={one}" for one in sessions[-1:])
        answer = client.get(provider.authorize(address), headers={"Cookie": kept, "Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        sessions += [
            one.split(";")[0].partition("=")[2] for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")
        ]
        assert any(one.startswith(f'{TRIP}=""') for one in answer.headers.get_list("set-cookie"))
        client.cookies.clear()
    assert len(set(sessions)) == 2
    told = [client.get("/api/v1/whoami", headers={"Cookie": f"{COOKIE}={one}"}).status_code for one in sessions]
    assert told == [401, 200]


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/%2f/evil.example", "/sign-in/example", "/a?b"]
)
def test_signing_in_leads_to_no_other_site(client: httpx2.Client, provider: IdentityProvider, to: str) -> None:
    address, cookie = began(client, f"/sign-in/example?to={to}")
    answer = client.get(provider.authorize(address), headers={"Cookie": f"{TRIP}={cookie}"})
    client.cookies.clear()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_an_answer_without_its_cookie_signs_nobody_in(client: httpx2.Client, provider: IdentityProvider) -> None:
    address, cookie = began(client)
    answered = provider.authorize(address)
    others = began(client)[1]
    for kept in ("", f"{TRIP}={others}", f"{TRIP}=x", f"{TRIP}={'x' * 5000}"):
        answer = client.get(answered, headers={"Cookie": kept})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    for address in (f"{answered}&state=x", f"{CALLBACK}?state=&code=", CALLBACK, f"{answered}&code=x"):
        answer = client.get(address, headers={"Cookie": f"{TRIP}={cookie}"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert client.get(answered, headers={"Cookie": f"{TRIP}={cookie}"}).status_code == 303


def test_another_site_begins_nothing(client: httpx2.Client) -> None:
    for path in ("/sign-in/example", "/sign-in/example/out"):
        answer = client.get(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, "set-cookie" in answer.headers, "location" in answer.headers) == (403, False, False)
    assert client.get("/sign-in/nobody").status_code == 404


def test_what_the_provider_says_is_not_repeated(client: httpx2.Client, provider: IdentityProvider) -> None:
    address, cookie = began(client)
    state = address.partition("state=")[2].partition("&")[0]
    told = f"{CALLBACK}?state={state}&iss={provider.url}&error=access_denied&error_description=<b>markup</b>"
    answer = client.get(told, headers={"Cookie": f"{TRIP}={cookie}"})
    assert (answer.status_code, "markup" in answer.text, "access_denied" in answer.text) == (401, False, False)


def test_the_pages_answer_at_the_address_where_people_open_them_and_at_no_other(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    told = 'public_url = "https://lamp.example.com"\n'
    kit = Kit.open(home(tmp_path_factory.mktemp("public"), more=told))
    for site in served(kit, with_pages(kit, pages()), [], kit.settings.port):
        found = {
            host: httpx2.get(f"{site.url}/sign-in", headers={"Host": host}, trust_env=False).status_code
            for host in ("lamp.example.com", "127.0.0.1", "evil.example", "lamp.example.com.evil.example")
        }
    assert found == {"lamp.example.com": 200, "127.0.0.1": 200, "evil.example": 400, "lamp.example.com.evil.example": 400}
