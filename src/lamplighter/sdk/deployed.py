"""From a model in a notebook to an answer over HTTP, in one line."""

import os
import shlex
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Blocked, TimedOut
from lamplighter.domain.owners import Owners
from lamplighter.domain.project import Model, Project
from lamplighter.domain.pushed import LabelsKept
from lamplighter.domain.rollout import Phase
from lamplighter.domain.version import Version
from lamplighter.packaging import frames
from lamplighter.sdk import local
from lamplighter.sdk.answers import Label, RolledBack
from lamplighter.sdk.build import Build
from lamplighter.sdk.connect import Login, read_login, surroundings
from lamplighter.sdk.decided import decided
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Answer, Endpoint, live_in
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.sdk.shown import card
from lamplighter.settings import read_settings


class Deployment:
    """A live model: ask it, label it, send it back."""

    def __init__(
        self, platform: Platform, version: Version, environment: str, token: str, url: str, row: Mapping[str, Any]
    ) -> None:
        self._platform = platform
        self._token = token
        #: The version that was deployed.
        self.version = version
        self.environment = environment
        #: Page of the model.
        self.url = url
        live = live_in(platform, version.model, environment)
        self._endpoint = Endpoint(live.address, version.model, token)
        body = msgspec.json.encode({"dataframe_records": [row]}).decode()
        #: A line for a shell that asks for the first row of the sample; put a token in `LAMP_TOKEN` first.
        self.curl = (
            f"curl {self._endpoint.url} -H 'Content-Type: application/json' -H \"Authorization: Bearer $LAMP_TOKEN\""
            f" -d {shlex.quote(body)}"
        )

    def predict_proba(self, rows: Any) -> Answer:
        """Scores with their prediction ids, for rows in any table that a build takes."""
        return self._endpoint.predict(frames.columns(rows))

    def predict(self, rows: Any) -> list[Any]:
        """What each row is: the class by the threshold of the version that answered, or the number of a model of numbers.

        Classes that were numbers or truth values when the model was fitted are such again.
        """
        answer = self.predict_proba(rows)
        return decided(self._answering(answer.version).manifest, answer.scores)

    def _answering(self, name: str) -> Version:
        """The version of that name; another than the deployed one once something else is live."""
        return self.version if name == self.version.name else self._platform.version(name).version

    def log_labels(self, ids: Sequence[str], values: Sequence[float]) -> LabelsKept:
        """Say what really happened."""
        labels = [Label(id=i, value=float(value)) for i, value in zip(ids, values, strict=True)]
        return self._platform.push_labels(self.version.model, labels)

    def rollback(self, to: int = 0) -> RolledBack:
        """Return to the version before, or to one that was live before."""
        return self._platform.roll_back(self.version.model, self.environment, to, "rolled back from the SDK")

    def __repr__(self) -> str:
        return f"<{self.version.name} live in {self.environment}: {self.url}>"

    def _repr_html_(self) -> str:
        """The same for a notebook, with whose it is, what comes next and the line for a shell."""
        return card(self._platform, self.version, self.environment, self.url, self.curl)


def register(
    model: Any,
    name: str,
    *,
    sample: Any,
    labels: Any = None,
    nullable: Collection[str] = (),
    classes: Sequence[str] = (),
    trust: bool = False,
) -> Version:
    """Register a model as a version of `name`, on the platform that the surroundings name.

    `classes` name the two classes, negative first, where the model does not. Only with `trust` it is stored in a format that
    runs code when opened.
    """
    named = _named()
    platform = remote(named.url, named.token)
    return release(
        platform,
        _project(platform, name, "", ""),
        Build(model=model, sample=sample, labels=labels, nullable=nullable, classes=classes, trust=trust),
    )


def deploy(
    model: Any,
    name: str,
    *,
    sample: Any,
    labels: Any = None,
    env: str = "",
    owner: str = "",
    criticality: str = "internal",
    nullable: Collection[str] = (),
    classes: Sequence[str] = (),
    trust: bool = False,
    wait: float = 60.0,
) -> Deployment:
    """Register a model and bring it live, in the first environment unless `env` names another.

    `classes` name the two classes, negative first, where the model does not. Only with `trust` it is stored in a format that
    runs code when opened. A platform is started on this machine if none is named. Raises `Blocked` with the first gate that
    refuses, and `TimedOut` after `wait` seconds.
    """
    named = _named()
    platform = remote(named.url, named.token)
    project = _project(platform, name, owner, criticality)
    build = Build(model=model, sample=sample, labels=labels, nullable=nullable, classes=classes, trust=trust)
    version = release(platform, project, build)
    environment = env or next(place.name for place in platform.environments() if place.level is Level.DEVELOPMENT)
    bring_live(platform, version, environment, wait)
    return Deployment(platform, version, environment, named.token, f"{named.url}/m/{name}", _first(sample))


def _first(sample: Any) -> dict[str, Any]:
    return {name: values[0] for name, values in frames.columns(sample).items()}


def bring_live(platform: Platform, version: Version, environment: str, wait: float) -> None:
    """Deploy a version and wait until it has all traffic; raises `Blocked` and `TimedOut`."""
    asked = platform.deploy(version.name, environment)
    if asked.rollout is None or not asked.decision.passed:
        refused = asked.decision.in_the_way or [one for one in asked.decision.judgements if not one.verdict]
        verdict = refused[0].verdict
        raise Blocked(
            f"{version.name} does not go live in {environment} yet.",
            why=f"{refused[0].gate}: {verdict.why}",
            fix=getattr(verdict, "fix", ""),
            code="E1410",
        )
    end = time.monotonic() + wait
    while (rollout := platform.rollout(asked.rollout.id)).phase is not Phase.COMPLETED:
        if rollout.phase.final:
            raise Blocked(f"{version.name} was taken back.", why=rollout.why, fix="See lamp rollout show.", code="E1411")
        if time.monotonic() > end:
            raise TimedOut(
                f"{version.name} is not live in {environment} yet.",
                why=f"Rollout {rollout.id} is {rollout.phase}{f', held by the {rollout.hold.rule}' if rollout.hold else ''}.",
                fix=f"It goes on by itself: lamp rollout show {rollout.id}",
                code="E1612",
            )
        time.sleep(0.02)


def _named() -> Login:
    """Where the surroundings point and as whom; where they name no platform, one is started on this machine."""
    if not (os.environ.get("LAMP_URL") or read_login().url):
        local.start(read_settings())
    return surroundings()


def _project(platform: Platform, name: str, owner: str, criticality: str) -> Project:
    known = [row.model for row in platform.fleet(search=name).rows]
    if name in known:
        return platform.project(name)
    person = owner or platform.whoami().email
    owners = Owners(design=person, industrialization=person, deployment=person, monitoring=person, management=person)
    return Project(model=Model(name=name, criticality=criticality), owners=owners)
