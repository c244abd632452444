"""A link with which one person accepts one version for one environment: what it opens, and everything that it does not."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

import httpx2
import msgspec
import pytest
from playwright.sync_api import Browser, expect
from tests.channels.mailboxes import Mailbox, mailbox
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_blind_tests import tried
from tests.lifecycle.test_cases import CALM, ODD, ROUGH
from tests.sdk import models
from tests.sdk.cast import address
from tests.web.conftest import Site, served
from tests.web.test_accessibility import violations
from tests.web.test_phone import HEIGHT, WIDTH, tap

from lamplighter.api.authentication import COOKIE, LINKED
from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.errors import Blocked, LampError, NotAllowed
from lamplighter.domain.events.invitation import InvitationOpened, InvitationRevoked, InvitationSent
from lamplighter.domain.identity import PLATFORM, Purpose, Role
from lamplighter.domain.version import Version
from lamplighter.lifecycle import authentication, people, tokens
from lamplighter.sdk.embedded import Embedded
from lamplighter.views.invitation import Invited
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

BO = "bo@trains.example"
#: A module of the standard library that Apprise looks at.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
#: To read what a machine trusts takes longer than all that is asked here.
_client = httpx2.Client(trust_env=False, verify=False, timeout=60.0)
_names = (f"invited-{number}" for number in count())


class Place(NamedTuple):
    """A platform that is served, and the mail that it sends; without a server of mail, none."""

    life: Life
    site: Site
    box: Mailbox | None

    def register(self, *, critical: bool, business: str = BO, author: str = "dana") -> Version:
        """A version of a model of its own."""
        uat = {"case": [ROUGH, CALM, ODD], "answers": {"1": "late"}, "accept_if": {"agree_at_least": 2}}
        name = next(_names)
        found = models.critical(name, uat=uat)
        if not critical:
            found = msgspec.structs.replace(found, impact=models.project(name).impact)
        found = msgspec.structs.replace(found, owners=msgspec.structs.replace(found.owners, business=business))
        ready, someone = tried("rough-night", "calm-noon", "odd"), self.life[author]
        someone.save_project(name, found)
        for digest, content in ready.blobs.items():
            someone.put_artifact(digest, content)
        return someone.register(name, msgspec.structs.replace(ready.manifest, model=name), ready.evidence)

    def invite(self, version: Version, by: str = "ines", to: str = BO, days: float = 7) -> Invited:
        """Send a link."""
        return self.life[by].invite(version.name, "prod", to, days)

    def signatures(self, version: Version) -> list[Signature]:
        """Words on a version."""
        with self.life.kit.store.reading() as look:
            return look.signatures.all(version=version.digest)

    def mailed(self, pattern: str) -> str:
        """What the newest mail says where the pattern has its group."""
        assert self.box is not None
        found = re.search(pattern, self.box.mails[-1].get_content())
        assert found is not None
        return found[1]


class Visitor:
    """A browser of somebody who has a link."""

    def __init__(self, site: Site, session: str = "") -> None:
        self.site, self.session, self.linked, self.proof = site, session, "", ""

    def open(self, link: str) -> httpx2.Response:
        """Open a link and use its button."""
        return self._asked("POST", "/sign-in", {"secret": link.partition("#")[2]})

    def see(self, path: str) -> httpx2.Response:
        """Look at a page."""
        return self._asked("GET", path)

    def act(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form of the page that was seen last and had one."""
        return self._asked("POST", path, {"csrf": self.proof, **fields})

    def _asked(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> httpx2.Response:
        cookies = {COOKIE: self.session, LINKED: self.linked}
        told = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
        headers = {"Accept": "text/html", **({"Cookie": told} if told else {})}
        page = _client.request(method, f"{self.site.url}{path}", data=fields, headers=headers)
        self.linked = page.cookies.get(LINKED) or self.linked
        # What comes of a cookie is for the visitor to say: one client serves all of them.
        _client.cookies.clear()
        if proof := re.search(r'name="csrf" value="(\w+)"', page.text):
            self.proof = proof[1]
        return page


@contextmanager
def placed(folder: Any, box: Mailbox | None) -> Iterator[Place]:
    mail = f'apprise = {{ mail = "{box.address}&cc=other@example.com" }}' if box else ""
    with lived(folder, mail) as life:
        people.save_person(life.kit, PLATFORM, BO, "Bo", (Role.BUSINESS,))
        for site in served(life.kit, with_pages(life.kit, pages()), []):
            yield Place(life, site, box)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A platform without a server of mail."""
    with placed(tmp_path_factory.mktemp("plain"), None) as place:
        yield place


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A platform with one."""
    with mailbox() as box, placed(tmp_path_factory.mktemp("mailing"), box) as place:
        yield place


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    """Nothing is left open."""
    yield
    _client.close()


@pytest.fixture
def visitor(plain: Place) -> Visitor:
    return Visitor(plain.site)


def code(error: pytest.ExceptionInfo[LampError]) -> str:
    return error.value.code


def answered(visitor: Visitor, path: str) -> None:
    """Answer all three cases, so that two agree."""
    visitor.see(path)
    visitor.act(path, deed="begin")
    for case, said in (("rough-night", "yes"), ("calm-noon", "no"), ("odd", "no")):
        visitor.see(path)
        assert visitor.act(path, deed="answer", case=case, said=said).status_code == 303


def test_a_link_without_an_account_leads_through_the_cases_to_one_word(plain: Place, visitor: Visitor) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version)
    assert sent.link.startswith(f"{plain.life.kit.settings.opened_at}/sign-in?to=/uat#lmp_uat_")
    path = f"/uat/{sent.invitation.id}"
    assert visitor.see("/sign-in?to=/uat").status_code == 200
    assert visitor.open(sent.link).headers["Location"] == path
    first = visitor.see(path)
    assert (first.status_code, b"fixed now" in first.content, b"/approvals" in first.content) == (200, True, False)
    visitor.act(path, deed="begin")
    assert b"The model says" not in visitor.see(path).content
    answered(visitor, path)
    assert "agree on 2 of the 3" in re.sub(r"\s+", " ", visitor.see(path).text)
    word = {"deed": "sign", "decision": "accept", "signed_as": "Bo B."}
    assert visitor.act(path, **word).headers["Location"] == path
    assert "Signed by Bo B." in visitor.see(path).text
    again = visitor.act(path, **word)
    assert (again.status_code, "E1449" in again.text) == (409, True)
    (signature,) = plain.signatures(version)
    assert (signature.person, signature.link, signature.shown_to) == (BO, sent.invitation.id, address("ines"))
    assert (signature.side, signature.accepted, signature.signed_as) == (Side.BUSINESS, True, "Bo B.")
    assert [one.state for one in plain.life["ines"].invitations(version.name, "prod")] == ["used"]
    opened = [one.by for one in plain.life.events(InvitationOpened) if one.model == version.model]
    assert opened == ["link"]


def test_opening_and_looking_changes_nothing(plain: Place, visitor: Visitor) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version)
    path = f"/uat/{sent.invitation.id}"
    visitor.open(sent.link)
    before = _entries(plain)
    for query in ("", "?deed=begin", "?deed=sign&decision=accept&signed_as=Bo", "?after=odd"):
        visitor.see(f"{path}{query}")
    assert _entries(plain) == before
    assert plain.signatures(version) == []


def _entries(place: Place) -> int:
    with place.life.kit.store.reading() as look:
        return len(look.journal.newest(limit=100_000))


def test_a_link_opens_what_it_is_for_and_nothing_else(plain: Place, visitor: Visitor) -> None:
    mine, other = plain.register(critical=False), plain.register(critical=False)
    sent, foreign = plain.invite(mine), plain.invite(other)
    visitor.open(sent.link)
    visitor.see(f"/uat/{sent.invitation.id}")
    for path in (f"/uat/{foreign.invitation.id}", "/uat/N-9999"):
        for answer in (visitor.see(path), visitor.act(path, deed="begin")):
            assert (answer.status_code, "E1447" in answer.text) == (401, True)
            assert other.model not in answer.text
    for path in ("/", "/approvals", f"/m/{mine.model}", "/api/v1/fleet"):
        assert visitor.see(path).status_code == 401, path
    for purpose in (Purpose.SESSION, Purpose.TOKEN, Purpose.SIGN_IN):
        with pytest.raises(LampError):
            authentication.authenticate(plain.life.kit, visitor.linked, purpose)
    headers = {"Authorization": f"Bearer {visitor.linked}"}
    assert _client.get(f"{plain.site.url}/api/v1/whoami", headers=headers).status_code == 401


def test_a_link_ends_and_can_be_taken_back_in_browsers_that_hold_it(plain: Place) -> None:
    version = plain.register(critical=False)
    first, holder = plain.invite(version), Visitor(plain.site)
    holder.open(first.link)
    path = f"/uat/{first.invitation.id}"
    assert holder.see(path).status_code == 200
    second = plain.invite(version)
    assert holder.see(path).status_code == 401, "a newer link takes the place of the one before"
    assert Visitor(plain.site).open(first.link).status_code == 401
    plain.life["ines"].revoke_invitation(second.invitation.id)
    assert Visitor(plain.site).open(second.link).status_code == 401
    with pytest.raises(LampError, match="is revoked already"):
        plain.life["ines"].revoke_invitation(second.invitation.id)
    third = plain.invite(version, days=1 / 24)
    late, path = Visitor(plain.site), f"/uat/{third.invitation.id}"
    late.open(third.link)
    plain.life.clock.forward(3601)
    assert late.see(path).status_code == 401
    assert late.act(path, deed="begin").status_code == 401
    assert Visitor(plain.site).open(third.link).status_code == 401
    states = [one.state for one in plain.life["ines"].invitations(version.name, "prod")]
    assert states == ["expired", "revoked", "revoked"]
    assert len([one for one in plain.life.events(InvitationRevoked) if one.model == version.model]) == 2
    with pytest.raises(LampError, match="cannot live that long"):
        plain.invite(version, days=31)


def test_no_secret_is_kept_or_told(plain: Place) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version)
    secret = sent.link.partition("#")[2]
    with plain.life.kit.store.reading() as look:
        kept = repr(look.invitations.all(version=version.digest)) + repr(look.journal.newest(limit=100_000))
    assert secret not in kept
    assert secret not in repr(plain.life["ines"].invitations(version.name, "prod"))


def test_only_the_business_owner_that_lamp_toml_names_is_invited(plain: Place) -> None:
    version = plain.register(critical=False)
    for someone in (address("rita"), "stranger@trains.example", address("ines"), address("dana")):
        with pytest.raises(NotAllowed) as refused:
            plain.invite(version, to=someone)
        assert code(refused) == "E1445"
    for named in (address("bea"), "puppet@trains.example", "", address("rita")):
        with pytest.raises(NotAllowed) as refused:
            plain.invite(plain.register(critical=False, business=named), to=named or BO)
        assert code(refused) == "E1445", "who speaks for IT too, who is not here, nobody, and who lacks the role"


def test_the_author_never_accepts_by_a_link(plain: Place) -> None:
    version = plain.register(critical=False, business=address("ada"), author="ada")
    with pytest.raises(NotAllowed) as refused:
        plain.invite(version, to=address("ada"))
    assert (code(refused), "registered a version" in refused.value.why) == ("E1445", True)
    other = plain.register(critical=False)
    with pytest.raises(NotAllowed) as shown:
        plain.invite(other, by="dana")
    assert code(shown) == "E1446", "nor is shown the link of somebody else"
    sent = plain.invite(other)
    session = authentication.redeem(plain.life.kit, tokens.issue_sign_in(plain.life.kit, address("dana")).secret).secret
    author = Visitor(plain.site, session).open(sent.link)
    assert (author.status_code, "E1449" in author.text) == (403, True)


def test_who_is_named_no_more_signs_no_more(plain: Place, visitor: Visitor) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version)
    path = f"/uat/{sent.invitation.id}"
    visitor.open(sent.link)
    answered(visitor, path)
    visitor.see(path)
    project = plain.life["dana"].project(version.model)
    owners = msgspec.structs.replace(project.owners, business=address("rita"))
    plain.life["dana"].save_project(version.model, msgspec.structs.replace(project, owners=owners))
    assert visitor.act(path, deed="sign", decision="refuse", words="No.", signed_as="Bo").status_code == 403
    assert plain.signatures(version) == []


def test_whoever_was_shown_a_link_holds_no_other_key(plain: Place, visitor: Visitor) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version, by="ines")
    path = f"/uat/{sent.invitation.id}"
    visitor.open(sent.link)
    answered(visitor, path)
    visitor.see(path)
    visitor.act(path, deed="sign", decision="accept", signed_as="Bo")
    with pytest.raises(NotAllowed, match="cannot hold both keys"):
        plain.life["ines"].sign(version.name, "prod", Side.IT, True)
    plain.life["ivo"].sign(version.name, "prod", Side.IT, True)
    later = plain.register(critical=False)
    plain.life["ines"].sign(later.name, "prod", Side.IT, True)
    second = Visitor(plain.site)
    sent = plain.invite(later, by="ines")
    path = f"/uat/{sent.invitation.id}"
    second.open(sent.link)
    answered(second, path)
    second.see(path)
    refused = second.act(path, deed="sign", decision="accept", signed_as="Bo")
    assert (refused.status_code, "E1322" in refused.text) == (403, True)


def test_strangers_to_the_model_invite_nobody(plain: Place) -> None:
    version = plain.register(critical=False)
    people.save_person(plain.life.kit, PLATFORM, "eve@trains.example", "Eve", (Role.DATA_SCIENTIST,))
    eve = Embedded(
        plain.life.kit, authentication.authenticate(plain.life.kit, _token(plain, "eve@trains.example"), Purpose.TOKEN)
    )
    sent = plain.invite(version)
    for deed in (lambda: eve.invite(version.name, "prod", BO), lambda: eve.revoke_invitation(sent.invitation.id)):
        with pytest.raises(NotAllowed) as refused:
            deed()
        assert code(refused) == "E1445"


def _token(place: Place, email: str) -> str:
    return tokens.issue_token(place.life.kit, PLATFORM, email, "tests").secret


def test_a_form_of_another_site_is_refused(plain: Place, visitor: Visitor) -> None:
    sent = plain.invite(plain.register(critical=False))
    path = f"/uat/{sent.invitation.id}"
    visitor.open(sent.link)
    visitor.see(path)
    forged = visitor._asked("POST", path, {"csrf": "0" * 64, "deed": "begin"})
    assert (forged.status_code, "E1302" in forged.text) == (403, True)


def test_guesses_at_links_are_counted(plain: Place) -> None:
    guesser = Visitor(plain.site)
    statuses = [guesser.open(f"#lmp_uat_{number}").status_code for number in range(12)]
    assert statuses[:3] == [401, 401, 401]
    assert statuses[-1] == 429
    plain.life.clock.forward(3_600)


def test_without_a_server_of_mail_nobody_is_invited_to_a_critical_model(plain: Place) -> None:
    version = plain.register(critical=True)
    with pytest.raises(Blocked) as refused:
        plain.invite(version)
    assert (code(refused), "no channel here is a server of mail" in refused.value.why) == ("E1446", True)
    assert plain.life["ines"].invitations(version.name, "prod") == []


def test_a_critical_model_takes_a_code_from_the_mail_as_well(mailing: Place) -> None:
    version = mailing.register(critical=True)
    sent = mailing.invite(version, by="dana")
    assert sent.link == "", "it goes to the person it is for, and to nobody else"
    assert mailing.box is not None
    mail = mailing.box.mails[-1]
    assert (mail["To"], mail["Cc"]) == (BO, None)
    link = mailing.mailed(r"(http\S+#lmp_uat_\S+)")
    visitor, path = Visitor(mailing.site), f"/uat/{sent.invitation.id}"
    visitor.open(link)
    assert b"Start" not in visitor.see(path).content
    assert visitor.act(path, deed="prove", code="000000").status_code == 403, "before any was sent"
    for _ in range(2):
        visitor.see(path)
        assert visitor.act(path, deed="send").status_code == 303
    right = mailing.mailed(r"code is (\d{6})")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    visitor.see(path)
    assert visitor.act(path, deed="begin", code="x").status_code == 403, "no card before the code"
    for guess in (wrong,) * 4:
        visitor.see(path)
        refused = visitor.act(path, deed="prove", code=guess)
        assert (refused.status_code, "E1448" in refused.text) == (403, True)
    thief = Visitor(mailing.site)
    thief.open(link)
    thief.see(path)
    assert thief.act(path, deed="prove", code=right).status_code == 403, "a code is for the browser that asked for it"
    visitor.see(path)
    assert visitor.act(path, deed="prove", code=right).status_code == 403, "five guesses spend a code"
    visitor.act(path, deed="send")
    before = visitor.linked
    visitor.see(path)
    assert visitor.act(path, deed="prove", code=mailing.mailed(r"code is (\d{6})")).status_code == 303
    assert visitor.linked != before
    answered(visitor, path)
    visitor.see(path)
    visitor.act(path, deed="sign", decision="if", words="The desks are told.", signed_as="Bo")
    (signature,) = mailing.signatures(version)
    assert (signature.condition, signature.shown_to) == ("The desks are told.", "")
    (event,) = [one for one in mailing.life.events(InvitationSent) if one.model == version.model]
    assert (event.channel, event.with_code) == ("mail", True)


def test_codes_end_and_are_few(mailing: Place) -> None:
    version = mailing.register(critical=True)
    sent = mailing.invite(version)
    visitor, path = Visitor(mailing.site), f"/uat/{sent.invitation.id}"
    visitor.open(mailing.mailed(r"(http\S+#lmp_uat_\S+)"))
    visitor.see(path)
    visitor.act(path, deed="send")
    old = mailing.mailed(r"code is (\d{6})")
    mailing.life.clock.forward(601)
    visitor.see(path)
    assert visitor.act(path, deed="prove", code=old).status_code == 403
    visitor.see(path)
    statuses = [visitor.act(path, deed="send").status_code if visitor.see(path) else 0 for _ in range(5)]
    assert statuses == [303, 303, 303, 303, 409]


def test_mail_that_does_not_go_out_leaves_no_invitation(mailing: Place) -> None:
    version, kit = mailing.register(critical=True), mailing.life.kit
    before, kit.settings = (
        kit.settings,
        msgspec.structs.replace(kit.settings, apprise={"mail": "mailto://127.0.0.1:1?mode=insecure"}),
    )
    try:
        with pytest.raises(LampError) as refused:
            mailing.invite(version)
    finally:
        kit.settings = before
    assert code(refused) == "E1446"
    assert mailing.life["ines"].invitations(version.name, "prod") == []


def test_on_a_phone_the_link_needs_one_button_and_one_tap_a_card(plain: Place, browser: Browser) -> None:
    version = plain.register(critical=False)
    sent = plain.invite(version)
    link = sent.link.replace(plain.life.kit.settings.opened_at, plain.site.url)
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("button", name="Open")).to_be_focused()
    assert "#" not in page.url, "the secret leaves the bar of the browser"
    assert violations(page) == {}
    tap(page.get_by_role("button", name="Open"))
    tap(page.get_by_role("button", name="Start"))
    for answer in ("Yes", "No", "Not sure"):
        assert page.get_by_role("navigation").count() == 0, "nothing else of the platform is offered"
        tap(page.get_by_role("button", name=answer, exact=True))
    expect(page.locator("#finished h2")).to_have_text("You are done. 3 of 3")
    page.get_by_label("Accept", exact=True).check()
    page.get_by_label("Your name").fill("Bo B.")
    assert violations(page) == {}
    tap(page.get_by_role("button", name="Sign"))
    expect(page.locator("#signed")).to_contain_text("Signed by Bo B.")
    assert violations(page) == {}
    context.close()
