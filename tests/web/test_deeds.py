"""What people do on the pages: sign in and out, roll back, accept, acknowledge, steer, and read why not."""

import re

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web import seed
from tests.web.conftest import Site, sign_in

from lamplighter.domain.acceptance import Side
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import State
from lamplighter.lifecycle import tokens


def test_a_link_acts_only_when_its_button_is_pressed_and_only_once(browser: Browser, own: Site) -> None:
    secret = own.secret(seed.BEA)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{own.url}/sign-in#{secret}")
    page.goto("about:blank")
    page.goto(f"{own.url}/sign-in#{secret}")
    assert page.url == f"{own.url}/sign-in"
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{own.url}/")
    page.goto(f"{own.url}/sign-in#{secret}")
    page.get_by_role("button", name="Sign in").click()
    assert page.locator("h1").inner_text() == "You are not signed in."
    context.close()


def test_whoever_is_not_signed_in_comes_to_the_page_they_wanted_by_a_token_of_theirs(browser: Browser, own: Site) -> None:
    token = tokens.issue_token(own.kit, PLATFORM, seed.IVO, "phone", 1 / 24)
    context = browser.new_context(base_url=own.url)
    page = context.new_page()
    for _ in range(2):
        page.goto("/incidents/I-1")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Secret").fill(token.secret)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{own.url}/incidents/I-1")
        # The session ends no later than the token.
        (cookie,) = (one for one in context.cookies() if one["name"] == "__Host-lamp")
        assert cookie["expires"] <= token.expires_at / 1_000_000 + 1
        context.clear_cookies()
    context.close()


@pytest.mark.parametrize(
    ("to", "end"),
    [
        ("/m/late-flights", "/m/late-flights"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/../x", "/"),
        ("/m/x\ny", "/"),
    ],
)
def test_a_sign_in_leads_to_a_page_of_ours_and_nowhere_else(own: Site, to: str, end: str) -> None:
    answer = httpx2.post(f"{own.url}/sign-in", data={"secret": own.secret(seed.BEA), "to": to})
    assert (answer.status_code, answer.headers["location"]) == (303, end)


def test_a_session_ends_with_sign_out(browser: Browser, own: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{own.url}/sign-in#{own.secret(seed.IVO)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{own.url}/")
    cookie = next(one for one in context.cookies() if one["name"] == "__Host-lamp")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{own.url}/sign-in")
    assert context.cookies() == []
    again = httpx2.get(f"{own.url}/", headers={"Accept": "text/html", "Cookie": f"__Host-lamp={cookie['value']}"})
    assert again.status_code == 401
    context.close()


def test_who_is_not_signed_in_is_told_how(own: Site) -> None:
    answer = httpx2.get(f"{own.url}/m/late-flights", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "You are not signed in." in answer.text
    assert "Sign in with a link or with a token of yours." in answer.text
    assert "late-flights" not in answer.text.replace('href="/sign-in?to=/m/late-flights"', "")
    assert answer.headers["lamp-request-id"] in answer.text


def test_programs_get_problems_and_browsers_get_pages(own: Site) -> None:
    for path in ("/nothing-here", "/api/v1/fleet"):
        answer = httpx2.get(f"{own.url}{path}", headers={"Accept": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"
    answer = httpx2.get(f"{own.url}/api/v1/fleet", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"
    answer = httpx2.get(f"{own.url}/nothing-here", headers={"Accept": "text/html"})
    assert (answer.status_code, "There is nothing here." in answer.text) == (404, True)


def test_a_link_to_an_approval_that_waits_no_more_leads_to_what_became_of_it(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto("/approvals/R-6")
    assert page.url == f"{own.url}/rollouts/R-6"
    context.close()


def test_an_unknown_model_is_refused_with_a_page_that_leads_on(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own)
    page = context.new_page()
    answer = page.goto("/m/late-flight")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("main dl").inner_text().split("\n")[2:4] == ["Fix", "Did you mean late-flights?"]
    page.get_by_role("link", name="E1201").click()
    assert page.locator("h1").inner_text() == "E1201"
    assert page.locator(".refusal").count() >= 1
    context.close()


def test_a_rollback_says_what_will_happen_and_does_that(page: Page, site: Site) -> None:
    page.goto("/incidents/I-2")
    page.locator("#safe-action > summary").click()
    sheet = page.locator("#safe-action .sheet")
    facts = dict(zip(sheet.locator("dt").all_inner_texts(), sheet.locator("dd").all_inner_texts(), strict=True))
    assert facts == {
        "Model": "churn",
        "From": "v8 in prod",
        "To": "v7",
        "Effect": "v7 answers every request in prod, usually within 2 seconds. No data is lost.",
        "Undo": "Roll back to v8 in the same way.",
    }
    assert sheet.locator("button.primary").inner_text() == "Roll back to v7"
    sheet.get_by_label("Reason").fill("errors since 03:04")
    sheet.locator("button.primary").click()
    page.wait_for_url(re.compile("/incidents/I-2"))
    assert page.locator(".said").inner_text().startswith("Rolled back.")
    assert site.asked[-1] == ("churn", "prod", 7, "errors since 03:04", 8)


def test_a_model_is_stopped_with_two_taps_and_a_reason_and_used_again(page: Page, site: Site) -> None:
    page.goto("/m/churn")
    page.get_by_text("Stop using this model", exact=True).first.click()
    sheet = page.locator(".sheet:visible")
    facts = dict(zip(sheet.locator("dt").all_inner_texts(), sheet.locator("dd").all_inner_texts(), strict=True))
    assert facts["Effect"] == "No version of it answers there, usually within 2 seconds: requests are refused with 503."
    sheet.get_by_label("Why").fill("It warns of everybody.")
    sheet.locator("button.primary").click()
    page.wait_for_url(re.compile("/m/churn"))
    assert page.locator(".said").inner_text().startswith("Switched off.")
    assert "switched it off in prod" in page.locator("#state").inner_text()
    assert "It warns of everybody." in page.locator("#state").inner_text()
    page.get_by_text("Use it again", exact=True).first.click()
    sheet = page.locator(".sheet:visible")
    sheet.get_by_label("Why").fill("The clocks are right again.")
    sheet.locator("button.primary").click()
    page.wait_for_url(re.compile("/m/churn"))
    assert page.locator(".said").inner_text().startswith("Switched on.")
    assert "switched it off" not in page.locator("#state").inner_text()


def test_while_a_version_is_on_trial_the_way_back_is_to_stop_it(page: Page) -> None:
    page.goto("/m/parts-demand")
    assert page.locator("#actions summary").all_inner_texts() == ["Stop the rollout of v2", "Stop using this model"]
    page.goto("/rollouts/R-6")
    steps = [" ".join(step.split()) for step in page.locator(".steps li").all_inner_texts()]
    assert steps == [
        "1 % held",
        "10 % now",
        "50 % ahead",
        "100 % ahead",
    ]
    assert "v2 answers 10 % of the requests, v1 the rest. Next step in 9 min if its limits hold." in (
        page.locator("#state").inner_text().replace("\n", " ")
    )


def test_a_rollout_is_paused_and_resumed(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site, seed.ADA)
    page = context.new_page()
    page.goto("/rollouts/R-6")
    for verb, after in (("Pause", "Paused"), ("Resume", "Shifting")):
        page.get_by_text(f"{verb} the rollout of v2", exact=True).first.click()
        with page.expect_navigation():
            page.locator(".sheet button.primary:visible").click()
        expect(page.locator("#state b")).to_have_text(after)
    context.close()


def test_an_incident_is_acknowledged_and_resolved(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto("/incidents/I-1")
    page.get_by_label("Note").first.fill("I am looking")
    page.get_by_role("button", name="Acknowledge").click()
    assert page.locator(".said").inner_text() == "You have it. Nobody else is told any more."
    assert own.incident("I-1").state is State.ACKNOWLEDGED
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    page.get_by_role("button", name="Resolve").click()
    assert own.incident("I-1").state is State.RESOLVED
    assert "I am looking" in page.locator("#notes").inner_text()
    assert page.locator("#safe").inner_text().endswith("It is over. Nothing has to be done.")
    context.close()


def test_who_speaks_for_a_side_accepts_and_a_refusal_needs_its_reason(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto("/approvals")
    page.get_by_role("link", name="Read and decide").click()
    page.get_by_role("button", name="Refuse v1").click()
    assert page.locator("h1").inner_text() == "The field reason of the form does not fit."
    page.goto("/approvals/R-7")
    page.get_by_role("button", name="Accept v1").click()
    assert page.locator(".said").inner_text() == "Your acceptance is written down."
    with own.kit.store.reading() as look:
        assert [one.person for one in look.signatures.all(model="returns-fraud") if one.side is Side.IT] == [seed.IVO]
    context.close()


def test_the_author_is_told_that_another_person_has_to_accept(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site, seed.ADA)
    page = context.new_page()
    page.goto("/approvals/R-7")
    assert "You registered this version" in page.locator("main").inner_text()
    assert page.locator("form.sign").count() == 0
    context.close()


def test_a_form_of_another_site_does_nothing(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own)
    cookie = next(one["value"] for one in context.cookies() if one["name"] == "__Host-lamp")
    context.close()
    headers = {"Cookie": f"__Host-lamp={cookie}", "Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    before = own.incident("I-2").state
    answer = httpx2.post(f"{own.url}/incidents/I-2/acknowledge", headers=headers, data={"note": "x"})
    assert answer.status_code == 403
    assert own.incident("I-2").state is before
    answer = httpx2.post(f"{own.url}/sign-in", headers={"Sec-Fetch-Site": "cross-site"}, data={"secret": own.secret(seed.BEA)})
    assert answer.status_code == 403


def test_the_audit_says_what_was_live_and_who_accepted_it(page: Page) -> None:
    page.goto("/audit?model=late-flights&environment=prod&at=2999-01-01T00:00")
    answer = page.locator(".answer").inner_text()
    assert "late-flights v2 had all traffic in prod" in answer
    assert f"{seed.BEA} for business" in answer
    assert "The chain holds" in page.locator("main").inner_text()
    assert set(page.locator(".journal tbody td:nth-child(4)").all_inner_texts()) == {"late-flights"}
