"""One platform, one server on loopback and one browser for all tests of this folder."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.requests import Request
from tests.web import seed

from lamplighter.api import guard
from lamplighter.api.authentication import COOKIE
from lamplighter.domain.incident import Incident
from lamplighter.domain.rollout import Rollout, Signal
from lamplighter.domain.routing import Routing, switched
from lamplighter.domain.switch import Off
from lamplighter.lifecycle import authentication, incidents, moves, tokens
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk import serving_groups
from lamplighter.sdk.answers import RolledBack
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.interface import Platform
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

#: Chromium without the windows of its own, which take as much of the processor as the pages.
BROWSER = "/usr/bin/chromium-headless-shell"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


class Site(NamedTuple):
    """A running platform with pages."""

    url: str
    kit: Kit
    #: Rollbacks that were asked for: model, environment, number, reason.
    asked: list[tuple[str, str, int, str, int]]

    def secret(self, email: str) -> str:
        """A one-time secret."""
        return tokens.issue_sign_in(self.kit, email).secret

    def incident(self, key: str) -> Incident:
        """The incident of that name, as it stands in the store."""
        with self.kit.store.reading() as look:
            return incidents.find(look, key)


class Rehearsed(Embedded):
    """The real platform, but for verbs that would start serving models: a rollback is written down, a rollout only moves."""

    asked: list[tuple[str, str, int, str, int]]

    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> RolledBack:
        self.asked.append((model, environment, to, reason, leaving))
        return RolledBack(model=model, environment=environment, before=8, now=to, seconds=0.4)

    def switch_off(self, model: str, environment: str, reason: str) -> Routing:
        return self._switched(model, environment, Off(self._kit.clock.now(), self._actor.email, reason))

    def switch_on(self, model: str, environment: str, reason: str) -> Routing:
        return self._switched(model, environment, None)

    def _switched(self, model: str, environment: str, off: Off | None) -> Routing:
        with self._kit.store.transaction() as change:
            before = change.routings.of(model, environment)
            after = switched(before, off)
            change.routings.save(before, after)
        return after

    def pause(self, key: str) -> Rollout:
        return self._moved(key, Signal.PAUSED)

    def resume(self, key: str) -> Rollout:
        return self._moved(key, Signal.RESUMED)

    def _moved(self, key: str, signal: Signal) -> Rollout:
        with self._kit.store.transaction() as change:
            rollout = change.rollouts.find(id=key)
            assert rollout is not None
            return moves.move(self._kit, change, rollout, signal, self._actor, "by hand")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit)
    asked: list[tuple[str, str, int, str, int]] = []

    def open_platform(request: Request) -> Platform:
        rehearsed = Rehearsed(kit, guard.actor(request))
        rehearsed.asked = asked
        return rehearsed

    yield from served(kit, with_pages(kit, pages(open_platform)), asked)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    kit = seed.open_kit(tmp_path_factory.mktemp("empty"))
    yield from served(kit, with_pages(kit, pages()), [])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A platform whose state the tests of one file may change."""
    kit = seed.open_kit(tmp_path_factory.mktemp("own"))
    seed.fill(kit, models=1)
    yield from served(kit, with_pages(kit, pages()), [])


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    kit = seed.open_kit(tmp_path_factory.mktemp("crowded"))
    seed.crowd(kit, 125)
    yield from served(kit, with_pages(kit, pages()), [])


def served(kit: Kit, application: object, asked: list[tuple[str, str, int, str, int]], port: int = 0) -> Iterator[Site]:
    """Pages of a platform, until it is closed; at any free port, unless one is named."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        # Without its lifespan the reconciler stays still, so that what was written is what is shown.
        server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_level="error"))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", kit, asked)
        server.should_exit = True
        thread.join(10)
    kit.close()
    serving_groups.stop(kit.settings)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the file: as long as Playwright is open, nothing else in this thread may run a loop."""
    if not Path(BROWSER).exists():
        pytest.fail("The browser is missing: apt-get install chromium-headless-shell")
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=list(ARGUMENTS))
        yield opened
        opened.close()


def sign_in(browser: Browser, site: Site, email: str = seed.IVO, **options: object) -> BrowserContext:
    """A browser that holds the session of somebody."""
    context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    session = authentication.redeem(site.kit, site.secret(email)).secret
    context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": session,
                "domain": "127.0.0.1",
                "path": "/",
                "secure": True,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    return context


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = sign_in(browser, site)
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    opened = signed_in.new_page()
    yield opened
    opened.close()
