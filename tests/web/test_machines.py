"""The page of machines: what it says, what its buttons do, and who may press them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.web import seed
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.events.node import NodeTokensRevoked
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.node import NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.lifecycle import authentication, design, nodes, people, tokens
from lamplighter.lifecycle.clock import Clock
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

ROOT = "root@trains.example"


class Later(Clock):
    """The clock of this machine, as far ahead as a test says."""

    ahead = 0

    def now(self) -> int:
        """Microseconds since the epoch, UTC."""
        return super().now() + self.ahead


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    kit = seed.open_kit(tmp_path_factory.mktemp("machines"))
    kit.clock = Later()
    people.save_person(kit, PLATFORM, ROOT, "Root", (Role.ADMINISTRATOR,))
    yield from served(kit, with_pages(kit, pages()), [])


def test_machines_are_shown_and_given_up(browser: Browser, site: Site) -> None:
    kit, clock = site.kit, site.kit.clock
    assert isinstance(clock, Later)
    looking = sign_in(browser, site)
    page = looking.new_page()
    page.goto("/")
    page.get_by_role("link", name="Machines").click()
    expect(page.locator("main")).to_contain_text("Everything runs beside the control plane.")
    expect(page.locator("main")).to_contain_text("lamp nodes run NAME")
    assert violations(page) == {}
    place = Environment(name="far", level=Level.PRODUCTION, port=1, workers=2, target="nodes")
    design.save_environment(kit, PLATFORM, "far", place)
    page.reload()
    expect(page.locator("main")).to_contain_text("No machine serves far.")
    secret = tokens.issue_node_token(kit, PLATFORM, "far", 1).secret
    caller = authentication.authenticate_node(kit, secret)
    report = NodeReport(instance="a", observation=Observation(alive=False), segments={"0-1-000000.seg": 3_000_000}, free=10**11)
    nodes.orders(kit, caller, "far", "serving-0", report)
    clock.ahead = 70_000_000
    nodes.orders(kit, caller, "far", "serving-1", NodeReport(instance="b", observation=Observation(alive=False)))
    page.reload()
    lost = page.locator("#machine-far-serving-0")
    expect(lost).to_contain_text("Failing, silent since")
    expect(lost).to_contain_text("3.0 MB of its log had not come. Start it again: lamp nodes run far --name serving-0.")
    expect(lost).to_contain_text("100 GB")
    expect(page.locator("#machine-far-serving-1")).to_contain_text("it does not say")
    # Whoever may not is told why.
    expect(lost.locator(".why")).to_contain_text("It takes the permission administer")
    assert violations(page) == {}
    looking.close()

    page = sign_in(browser, site, ROOT, java_script_enabled=False).new_page()
    page.goto("/machines")
    page.locator("#forget-far-serving-0 summary").click()
    page.locator("#forget-far-serving-0 .sheet").get_by_role("button", name="Forget").click()
    expect(page.get_by_role("status").first).to_contain_text("The machine is missed no more.")
    assert {one.node.name for one in nodes.known(kit, "far")} == {"serving-1"}
    page.locator("#revoke-far summary").click()
    page.locator("#revoke-far .sheet").get_by_role("button", name="Revoke tokens").click()
    expect(page.get_by_role("status").first).to_contain_text("They answer on.")
    with kit.store.reading() as look:
        assert isinstance(look.journal.newest(limit=1)[0].event, NodeTokensRevoked)
    page.context.close()
