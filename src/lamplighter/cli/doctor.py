"""What is wrong with this machine and the platform on it: everything is looked at, nothing is changed."""

import asyncio
import contextlib
import os
import platform as machine
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import httpx2
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from lamplighter import __version__
from lamplighter.cli.marks import marked
from lamplighter.cli.origins import origins
from lamplighter.cli.page import Page
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.session import Session
from lamplighter.cli.table import Table
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import LampError
from lamplighter.domain.sandbox import Level
from lamplighter.domain.stage import Status
from lamplighter.lifecycle import configuration, receivers
from lamplighter.lifecycle.kit import artifacts_of
from lamplighter.sdk import lock
from lamplighter.serving import selftest
from lamplighter.serving.compiled import native
from lamplighter.serving.telemetry import switch
from lamplighter.settings import Settings, read_settings

_PACKAGES = ("numpy", "onnxruntime", "sqlalchemy", "msgspec", "starlette", "scikit-learn", "lightgbm", "pandas")
_LEAST_FREE = 500_000_000


class Seen(NamedTuple):
    """One thing that was looked at."""

    name: str
    status: Status
    what: str
    fix: str = ""


def examined(session: Session) -> Page:
    """Everything that was seen; exit code 8 if something is failing."""
    settings = read_settings()
    found = list(_looked_at(session, settings))
    wrong = [seen for seen in found if seen.status in (Status.FAILING, Status.WATCH)]
    rows = [(marked(seen.status), seen.name, f"{seen.what} {seen.fix and f'Fix: {seen.fix}'}".strip()) for seen in found]
    sources = [(name, f"{value}  ({origin})") for name, value, origin in origins(session.flags.url)]
    return Page(
        says=f"{len(wrong)} of {len(found)} things want a look." if wrong else "Nothing is wrong here.",
        data={"seen": [seen._asdict() for seen in found], "settings": [_setting(*one) for one in origins(session.flags.url)]},
        facts=sources,
        table=Table(rows),
        next=["lamp up"] if not lock.running(settings) else ["lamp list"],
        code=FAILING if any(seen.status is Status.FAILING for seen in found) else 0,
    )


def _setting(name: str, value: str, origin: str) -> dict[str, str]:
    return {"name": name, "value": value, "from": origin}


def _looked_at(session: Session, settings: Settings) -> Iterator[Seen]:
    yield Seen("python", Status.HEALTHY, f"{machine.python_version()} at {sys.executable}")
    yield Seen("packages", Status.HEALTHY, f"lamplighter {__version__}, {', '.join(_packages())}")
    yield _walker()
    yield _sandbox()
    yield _home(settings)
    yield _database(settings)
    yield _artifacts(settings)
    runs = lock.running(settings)
    yield control_plane(settings, runs)
    yield _port("port of the control plane", settings.host, settings.port, ours=bool(runs))
    for place in _environments(session, settings, runs):
        ours = (settings.serving / place.name / "route.json").exists()
        yield _port(f"port of {place.name}", place.host, place.port, ours=ours and _is_serving(place))
    yield from _configuration(settings)
    yield _digest(settings)
    yield _telemetry()
    yield _sign_in(session)


def _environments(session: Session, settings: Settings, runs: int) -> Sequence[Environment]:
    """Those that are served on this machine: as the platform knows them while it runs, else those that it begins with."""
    if runs:
        with contextlib.suppress(LampError):
            return [place for place in session.platform.environments() if place.target == "local"]
    return settings.first_environments()


def _is_serving(place: Environment) -> bool:
    """Whether what answers there is serving, and no other program."""
    try:
        return bool(httpx2.get(place.address, timeout=1.0, trust_env=False).json() == {"status": "alive"})
    except (httpx2.HTTPError, ValueError):
        return False


def _configuration(settings: Settings) -> Iterator[Seen]:
    """Whether the configuration names what is not there; nothing if it does not."""
    try:
        configuration.check(settings)
    except LampError as error:
        yield Seen("configuration", Status.FAILING, error.why, error.fix)


def _digest(settings: Settings) -> Seen:
    """Whether anything brings business owners how their models did."""
    at = settings.digest
    when = f"On {at.day.capitalize()}s at {at.hour:02}:00 {at.zone or 'by the clock of this machine'}"
    carriers = [name for name in settings.channels if receivers.brings_digests(settings, name)]
    if carriers:
        return Seen("weekly digest", Status.HEALTHY, f"{when}, through {', '.join(carriers)}.")
    fix = "Name a webhook or an address of Apprise, and put its name into channels of config.toml."
    return Seen("weekly digest", Status.UNKNOWN, f"{when} only where a model names a channel that brings it to people.", fix)


def _telemetry() -> Seen:
    """Whether serving that is started from here exports spans and durations."""
    wanted, why = switch.signals(), switch.hindrance()
    if why:
        fix = "Install lamplighter[otel], or unset OTEL_EXPORTER_OTLP_ENDPOINT; then lamp down, lamp up."
        return Seen("OpenTelemetry", Status.WATCH, f"{why} Nothing is exported.", fix)
    if not wanted:
        return Seen("OpenTelemetry", Status.HEALTHY, "Off: no endpoint is set.")
    return Seen("OpenTelemetry", Status.HEALTHY, f"Serving started from here exports {' and '.join(sorted(wanted)).lower()}.")


def _packages() -> Iterator[str]:
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} missing"


def _walker() -> Seen:
    if native.is_built():
        return Seen("walker of trees", Status.HEALTHY, "Our own library, built with the package.")
    fix = "Install a C compiler, then lamplighter from its source, if speed matters."
    return Seen("walker of trees", Status.HEALTHY, "onnxruntime: the package was built without a compiler.", fix)


def _sandbox() -> Seen:
    """A process that opens no model tries it out here and now."""
    found = asyncio.run(selftest.fresh())
    if found.level is Level.FULL:
        return Seen("sandbox", Status.HEALTHY, "full: a model finds every way out closed.")
    return Seen(
        "sandbox", Status.WATCH, f"{found.told.rstrip('.')}.",
        "Use Linux 6.12 or later with Landlock and seccomp, or serve only compiled models here.",
    )  # fmt: skip


def _home(settings: Settings) -> Seen:
    folder = settings.folder
    if not folder.exists():
        return Seen("home", Status.UNKNOWN, f"{folder} is not made yet.", "lamp up makes it.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Seen("home", Status.FAILING, f"{folder} cannot be written.", "Give it to yourself, or set LAMP_HOME.")
    free = shutil.disk_usage(folder).free
    told = f"{folder}, {free / 1e9:.1f} GB free."
    if free < _LEAST_FREE:
        return Seen("home", Status.FAILING, told, "Make room: predictions and history need it.")
    open_to_all = folder.stat().st_mode & 0o077
    return Seen("home", Status.WATCH, told, f"Others can look in: chmod 700 {folder}") if open_to_all else Seen(
        "home", Status.HEALTHY, told
    )  # fmt: skip


def _database(settings: Settings) -> Seen:
    url = make_url(settings.database_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110
        return Seen("database", Status.UNKNOWN, f"{shown} is not made yet.", "lamp up makes it.")
    try:
        engine = create_engine(url)
        with engine.connect() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        return Seen("database", Status.FAILING, f"{shown}: {type(error).__name__}.", "Start it, or correct LAMP_DATABASE.")
    return Seen("database", Status.HEALTHY, f"{shown}, schema {revision}.")


def _artifacts(settings: Settings) -> Seen:
    """Whether what has to be kept can be: a bucket is asked, and proves that it writes over nothing."""
    if not settings.artifact_store:
        return Seen("artifacts", Status.HEALTHY, f"{settings.artifacts}, on this machine.")
    try:
        configuration.check(settings)
        artifacts_of(settings).prove()
    except LampError as error:
        return Seen("artifacts", Status.FAILING, f"{error.what} {error.why}", error.fix)
    return Seen("artifacts", Status.HEALTHY, f"{settings.artifact_store} answers; copies are in {settings.artifacts}.")


def control_plane(settings: Settings, process: int) -> Seen:
    """Whether the control plane of this machine answers, and whether its loops go on; `process` is 0 if none runs."""
    if not process:
        return Seen("control plane", Status.UNKNOWN, "It does not run on this machine.", "Start it with lamp up.")
    fix = f"Look into {settings.folder / 'control.log'}; lamp down, lamp up."
    try:
        answer = httpx2.get(f"{settings.url}/readyz", timeout=3.0, trust_env=False)
    except httpx2.HTTPError:
        return Seen("control plane", Status.FAILING, f"Process {process} does not answer.", fix)
    if answer.is_success:
        return Seen("control plane", Status.HEALTHY, f"It answers at {settings.url}, process {process}, and its loops beat.")
    plain = answer.headers.get("content-type", "").startswith("text/plain")
    told = " ".join(answer.text.split()) if plain else "Its database does not answer."
    return Seen("control plane", Status.FAILING, f"Process {process} answers and is not ready. {told}", fix)


def _port(name: str, host: str, port: int, *, ours: bool) -> Seen:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        taken = probe.connect_ex((host, port)) == 0
    if taken and not ours:
        return Seen(name, Status.FAILING, f"Another program has {host}:{port}.", "Stop it, or choose another port.")
    return Seen(name, Status.HEALTHY, f"{host}:{port} {'answers' if taken else 'is free'}.")


def _sign_in(session: Session) -> Seen:
    try:
        person = session.platform.whoami()
    except LampError as error:
        return Seen("sign-in", Status.UNKNOWN, error.what, error.fix)
    return Seen("sign-in", Status.HEALTHY, f"{person.email} at {session.address('')}.")
