"""What a verb holds: the store, the plugins, the policy and the clock. `Kit.open` is the only wiring."""

import threading
from collections import defaultdict
from typing import cast
from urllib.parse import urlsplit

from lamplighter import keys, plugins
from lamplighter.artifacts.base import Disk, Stock
from lamplighter.domain.environment import Environment
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.identity import Actor
from lamplighter.domain.policy import Policy
from lamplighter.lifecycle import configuration, in_force
from lamplighter.lifecycle.bringing import Bringing
from lamplighter.lifecycle.clock import Clock
from lamplighter.lifecycle.in_force import InForce
from lamplighter.lifecycle.issuers import Issuers
from lamplighter.lifecycle.packages import Packages
from lamplighter.lifecycle.polls import Polls
from lamplighter.lifecycle.reads import Reads
from lamplighter.lifecycle.recent import Recent
from lamplighter.serving.segments import Segments
from lamplighter.settings import Settings
from lamplighter.store.transaction import Store, Transaction
from lamplighter.targets.base import Target


class Kit:
    """One open platform."""

    def __init__(self, settings: Settings, store: Store, artifacts: Stock, policy: Policy, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.artifacts = artifacts
        self.policy = policy
        #: The digest under which the rule book came into force.
        self.in_force = policy.digest
        self.clock = clock
        #: One at a time writes the route of an environment.
        self.routes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        #: One at a time reads the segments of an environment.
        self.segments: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        #: One at a time takes in what machines of an environment say.
        self.nodes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        #: What machines are told to answer with.
        self.packages = Packages(settings.serving, settings.trusted_keys)
        #: Segments of machines, by environment and name, whose length this process knows to be right.
        self.shipped: set[tuple[str, str]] = set()
        #: What is written down of predictions that are pushed, by environment; under the lock of its segments.
        self.pushed: dict[str, Segments] = {}
        #: What is on the disk that serving reads, and what is on its way there.
        self.bringing = Bringing(artifacts, clock)
        #: Whose questions for rows are in the journal.
        self.reads = Reads()
        #: Digests of secrets that this process gave out or found good lately: who has one does not wait with strangers.
        self.familiar = Recent(16_384)
        #: How often commands ask that wait to be allowed.
        self.polls = Polls()
        #: What is known of those who sign tokens of pipelines and of people.
        self.issuers = Issuers()
        #: How many answers of identity providers are waited for at once: strangers must not take every thread.
        self.exchanges = threading.Semaphore(4)
        self._targets: dict[str, Target] = {}

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> "Kit":
        """Open the platform in the folder of the settings, making what is not there yet; raises `Invalid` for a
        configuration that names what is not there."""
        configuration.check(settings)
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = Store(settings.database_url)
        kit = cls(settings, store, artifacts_of(settings), configuration.rule_book(settings), clock or Clock())
        if not settings.signing_key.exists():
            keys.trust(settings.trusted_keys, keys.make(settings.signing_key))
        with store.transaction() as change:
            change.experiments.begin(kit.clock.now() // 1000)
            kit.govern(in_force.opened(settings, change, kit.clock.now()))
        return kit

    def govern(self, found: InForce) -> None:
        """Go by this rule book from now on."""
        self.policy, self.in_force = found

    def target(self, environment: Environment) -> Target:
        """What runs an environment."""
        name = environment.target
        if name not in self._targets:
            self._targets[name] = target_of(self.settings, environment)
        return self._targets[name]

    def record(self, change: Transaction, event: AnyEvent, actor: Actor) -> int:
        """Write an event in the transaction of its change; gives its place in the journal."""
        return change.journal.append(event, actor, self.clock.now()).sequence

    def close(self) -> None:
        """Give everything back."""
        for written in self.pushed.values():
            written.close()
        self.bringing.close()
        self.store.close()


def artifacts_of(settings: Settings) -> Stock:
    """Where artifacts are kept, with the copies on this machine."""
    disk: Disk = plugins.plugin("artifacts", "local").Store(settings.artifacts)
    kind = urlsplit(settings.artifact_store).scheme
    return cast(Stock, plugins.plugin("artifacts", kind).Store(settings.artifact_store, disk)) if kind else disk


def target_of(settings: Settings, environment: Environment) -> Target:
    """What runs an environment of the platform in the folder of the settings; raises `NotFound`."""
    made = plugins.plugin("targets", environment.target).Target(settings.serving, settings.artifacts)
    return cast(Target, made)
