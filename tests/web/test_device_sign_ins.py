"""Somebody lets a terminal act as them, by keyboard, in a browser; sees the token, and ends it."""

import httpx2
import pytest
from playwright.sync_api import Browser, expect
from tests.web import seed
from tests.web.conftest import Site, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.errors import Unauthenticated
from lamplighter.domain.identity import Purpose
from lamplighter.lifecycle import authentication, device_sign_ins


def test_a_terminal_is_allowed_and_its_token_ended(browser: Browser, empty: Site) -> None:
    begun = device_sign_ins.begin(empty.kit, "build-7", "203.0.113.7")
    context = sign_in(browser, empty)
    page = context.new_page()
    page.goto("/tokens")
    expect(page.locator(".empty")).to_contain_text("You have no token.")
    page.get_by_role("link", name="Type a code").click()
    page.get_by_label("Code").fill("bbbb bbbb")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No command waits with this code.")
    assert violations(page) == {}
    page.get_by_label("Code").fill(begun.user_code.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Let a terminal act as you?")).to_be_visible()
    expect(page.locator("main")).to_contain_text("203.0.113.7 another address than this browser")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert violations(page) == {}
    page.get_by_role("button", name="Allow build-7").click()
    expect(page.get_by_role("status").first).to_contain_text("Go back to your terminal")
    secret = device_sign_ins.redeem(empty.kit, begun.device_code).secret
    assert authentication.authenticate(empty.kit, secret, Purpose.TOKEN).email == seed.IVO
    page.get_by_role("link", name="See your tokens").click()
    expect(page.locator("main")).to_contain_text("build-7")
    assert violations(page) == {}
    page.locator(".confirm summary").click()
    page.locator(".sheet").get_by_role("button", name="Revoke", exact=True).click()
    expect(page.locator(".empty")).to_contain_text("You have no token.")
    with pytest.raises(Unauthenticated):
        authentication.authenticate(empty.kit, secret, Purpose.TOKEN)
    context.close()


def test_the_way_through_the_sign_in_leads_back_to_the_code(empty: Site) -> None:
    begun = device_sign_ins.begin(empty.kit, "build-7", "127.0.0.1")
    page = f"/device/{begun.user_code}"
    with httpx2.Client(base_url=empty.url, trust_env=False, timeout=60.0, headers={"Accept": "text/html"}) as client:
        assert f'href="/sign-in?to={page}"' in client.get(page).text
        assert f'name="to" value="{page}"' in client.get(f"/sign-in?to={page}").text
        answer = client.post("/sign-in", data={"secret": empty.secret(seed.IVO), "to": page})
        assert (answer.status_code, answer.headers["location"]) == (303, page)
