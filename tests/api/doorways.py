"""The application that `lamp up` starts, served by this process, so that its routes and its store can be seen."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import uvicorn
from starlette.applications import Starlette
from tests.sdk import models
from tests.sdk.homes import home, until

from lamplighter.domain.identity import PLATFORM, Purpose, Role
from lamplighter.lifecycle import authentication, people, tokens
from lamplighter.lifecycle.clock import Clock
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.release import release
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

#: The model that is there.
KNOWN = "known"


class Still(Clock):
    """A clock for waiting that goes on when a test says so."""

    at = 1_000.0

    def elapsed(self) -> float:
        """Always the same."""
        return self.at


class Doorways:
    """A running application, its kit, and a token for each role."""

    def __init__(self, kit: Kit, application: Starlette) -> None:
        self.kit, self.application, self.url = kit, application, kit.settings.url
        self.tokens: Mapping[Role, str] = {role: self._token(role) for role in Role}
        #: What machines have that serve dev.
        self.machines = tokens.issue_node_token(kit, PLATFORM, "dev", 30).secret
        self.client = httpx2.Client(base_url=self.url, trust_env=False, timeout=60.0)
        # One version that nobody has deployed, so that verbs find what they are asked about.
        owner = authentication.authenticate(kit, self.tokens[Role.DATA_SCIENTIST], Purpose.TOKEN)
        release(Embedded(kit, owner), models.project(KNOWN), models.build())

    def _token(self, role: Role) -> str:
        email = f"{role}@trains.example"
        people.save_person(self.kit, PLATFORM, email, role, (role,))
        return tokens.issue_token(self.kit, PLATFORM, email, "tests").secret

    def ask(self, method: str, path: str, token: str = "", body: Any = None, **headers: str) -> httpx2.Response:
        """One request; a body that is not bytes goes as JSON. Header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = msgspec.json.encode(body)
            sent.setdefault("Content-Type", "application/json")
        return self.client.request(method, path, content=body, headers=sent)

    def entries(self) -> int:
        """Entries of the journal."""
        with self.kit.store.reading() as look:
            return len(look.journal.newest(limit=100_000))


@contextmanager
def open_doorways(folder: Path, clock: Clock | None = None, *, tick: float = 2.0, more: str = "") -> Iterator[Doorways]:
    """Serve the application until the end of the block; `more` is TOML for the top of its configuration."""
    settings = home(folder, tick=tick, more=more)
    kit = Kit.open(settings, clock)
    people.bootstrap(kit)
    application = with_pages(kit, pages())
    doorways = Doorways(kit, application)
    configured = uvicorn.Config(
        application, host=settings.host, port=settings.port, http="httptools", ws="none", log_config=None
    )
    server = uvicorn.Server(configured)
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        until(lambda: server.started)
        yield doorways
    finally:
        doorways.client.close()
        server.should_exit = True
        thread.join(30.0)
