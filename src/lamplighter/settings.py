"""What may be configured. Every field has its sentence and its variable; a file `config.toml` may hold the same names."""

import base64
import ipaddress
import os
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from lamplighter.domain.decoding import from_plain
from lamplighter.domain.environment import DeclaredEnvironment, Environment, Level, clash_of
from lamplighter.domain.errors import Invalid
from lamplighter.domain.external_alert import AlertRoute
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.domain.pipeline import Pipeline
from lamplighter.domain.record import Settings as Strict

#: How addresses of databases begin that the store opens.
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Training(Strict, frozen=True):
    """A training that the platform may run; `[retrain] run` of a project names it."""

    #: Program and arguments; no shell reads them, `python` is the interpreter of the platform.
    command: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    #: Folder it runs in.
    folder: str
    #: Which trainer runs it: the name of a file in `trainers/`.
    trainer: str = "command"
    #: Longest time it may take, seconds; a year at most.
    seconds: Annotated[float, msgspec.Meta(gt=0, le=31_536_000)] = 3600.0
    #: Address of the cluster that runs it, such as http://127.0.0.1:8265; empty for trainers on this machine.
    cluster: str = ""

    def __post_init__(self) -> None:
        """Refuse a trainer without its cluster, and a cluster that no trainer would ask."""
        if self.trainer == "ray" and not self.cluster:
            raise ValueError("the trainer `ray` needs a `cluster`, such as http://127.0.0.1:8265")
        if self.trainer == "command" and self.cluster:
            raise ValueError("the trainer `command` has no `cluster`; the one that has is `ray`")


class DigestTime(Strict, frozen=True):
    """When the business owner of each model is sent how it did, once a week."""

    #: Day of the week.
    day: Weekday = "monday"
    #: Hour of that day, 0 to 23.
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 8
    #: Time zone of the hour, such as Europe/Zurich; that of this machine if empty.
    zone: str = ""

    def __post_init__(self) -> None:
        """Refuse a time zone that this machine does not know."""
        try:
            self.clock()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("`zone` of `digest` is no time zone that this machine knows, such as Europe/Zurich") from None

    def clock(self) -> tzinfo | None:
        """The time zone; nothing for that of this machine."""
        return ZoneInfo(self.zone) if self.zone else None


class PagerDuty(Strict, frozen=True):
    """A service of PagerDuty that is told of incidents and releases."""

    #: Integration key of its Events API v2: who has it can page.
    routing_key: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z]{32}\Z")]
    #: Where events go; https://events.eu.pagerduty.com for an account in the EU region.
    address: str = "https://events.pagerduty.com"

    def __post_init__(self) -> None:
        """Refuse an address to which the key would go in the clear."""
        place = urlsplit(self.address)
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in ("127.0.0.1", "localhost", "::1")):
            raise ValueError("`address` of a PagerDuty service begins with https://, since the routing key goes there")


_Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Settings(Strict, frozen=True):
    """One installation."""

    #: Folder that holds everything the platform writes. `LAMP_HOME`
    home: str = ""
    #: Database address; a SQLite file in `home` if empty. `LAMP_DATABASE`
    database: str = ""
    #: Where artifacts are kept: `s3://BUCKET/PREFIX`, or the folder `artifacts` of `home` if empty. `LAMP_ARTIFACT_STORE`
    artifact_store: str = ""
    #: Address the control plane listens on; anything but loopback is refused without TLS in front. `LAMP_HOST`
    host: Annotated[str, msgspec.Meta(min_length=1)] = "127.0.0.1"
    #: Port of the control plane. `LAMP_PORT`
    port: _Port = 7070
    #: Address at which people open the pages, such as https://lamp.example.com; that of `host` if empty. `LAMP_PUBLIC_URL`
    public_url: str = ""
    #: Addresses or networks of proxies with TLS in front; only what they say of senders, in X-Forwarded-For, is believed.
    trusted_proxies: tuple[str, ...] = ()
    #: Rule book to use instead of the starter policy. `LAMP_POLICY`
    policy: str = ""
    #: Seconds between two looks of the reconciler, 30 at most: after 60 it counts as dead. `LAMP_TICK`
    tick: Annotated[float, msgspec.Meta(gt=0, le=30)] = 0.5
    #: Port of the first environment; the others follow. `LAMP_SERVING_PORT`
    serving_port: _Port = 7081
    #: Environments that are made at the first start; dev, staging and prod if none are named.
    environments: tuple[DeclaredEnvironment, ...] = ()
    #: Receivers of webhooks by name; only these addresses are ever called.
    webhooks: Mapping[str, str] = {}
    #: Secrets (`whsec_...`) that sign what these receivers get, by name; two while one takes the place of the other.
    webhook_secrets: Mapping[str, tuple[str, ...]] = {}
    #: Addresses of Prometheus Alertmanagers by name.
    alertmanagers: Mapping[str, str] = {}
    #: Services of PagerDuty by name.
    pagerduty: Mapping[str, PagerDuty] = {}
    #: Apprise addresses by name, for `lamplighter[notify]`.
    apprise: Mapping[str, str] = {}
    #: Trainings by name. A project can only name one of these: callers never bring a command.
    trainings: Mapping[str, Training] = {}
    #: Private key that signs what is released from here; `keys/signing.pem` of the folder if empty. `LAMP_SIGN_WITH`
    sign_with: str = ""
    #: Files of tables by name, for scoring on a schedule. A project can only name one of these: callers never bring a path.
    tables: Mapping[str, str] = {}
    #: False alarms of drift that all models together may give in a month; each has an equal part, if that is less than its own.
    false_alarms: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] = 30.0
    #: What alerts of another monitoring system are about that do not name a model or a source; the first that fits counts.
    alert_routes: tuple[AlertRoute, ...] = ()
    #: Runs of a CI that may sign in with the token of their issuer; the first that fits counts.
    pipelines: tuple[Pipeline, ...] = ()
    #: Providers of OpenID Connect that people may sign in with.
    identity_providers: tuple[IdentityProvider, ...] = ()
    #: Channels that every incident goes to, beside those of its project.
    channels: tuple[str, ...] = ("inbox",)
    #: When business owners are sent how their models did.
    digest: DigestTime = DigestTime()

    def __post_init__(self) -> None:
        """Refuse two environments or receivers of one name, a database, table or address that leads nowhere, and a secret that
        signs nothing or that no receiver could read; never says what it is."""
        if clash := clash_of(self.environments):
            raise ValueError(clash)
        if self.database and not self.database.startswith(_DATABASES):
            raise ValueError(f"`database` begins with {' or '.join(_DATABASES)}")
        _check_store(self.artifact_store)
        if not all(name and file for name, file in self.tables.items()):
            raise ValueError('`tables` gives each table a name and a file, such as flights = "/srv/flights.parquet"')
        twice = next((name for name, count in Counter(self.channel_names).items() if count > 1), "")
        if twice:
            raise ValueError(f"two receivers are called {twice}, and a message could go to one of them only")
        for field in ("webhooks", "alertmanagers"):
            _check_addresses(field, getattr(self, field))
        if name := next((name for name, address in self.apprise.items() if "://" not in address), ""):
            raise ValueError(f"`apprise` of {name} is no address of Apprise, such as mailto://user:password@example.com")
        _check_secrets(self)
        _check_sign_in(self)
        _check_proxies(self.trusted_proxies)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Names of everything that messages can go to through the configuration."""
        return tuple(name for receivers in self.receivers.values() for name in receivers)

    @property
    def receivers(self) -> Mapping[str, Mapping[str, object]]:
        """Receivers by name, by the kind of channel that has to have one."""
        return {kind: getattr(self, field) for kind, field in self.fields_of_receivers.items()}

    @property
    def fields_of_receivers(self) -> Mapping[str, str]:
        """Which field holds the receivers of a kind of channel."""
        return {"webhook": "webhooks", "alertmanager": "alertmanagers", "pagerduty": "pagerduty", "apprise": "apprise"}

    @property
    def folder(self) -> Path:
        """The folder of `home`."""
        return Path(self.home)

    def first_environments(self) -> tuple[Environment, ...]:
        """The environments of a new platform."""
        port = self.serving_port
        return self.environments or (
            Environment(name="dev", level=Level.DEVELOPMENT, port=port),
            Environment(name="staging", level=Level.ACCEPTANCE, port=port + 1),
            Environment(name="prod", level=Level.PRODUCTION, port=port + 2, workers=2),
        )

    @property
    def artifacts(self) -> Path:
        """Folder of artifacts on this machine: the store itself, or the copies that serving reads."""
        return self.folder / "artifacts"

    @property
    def tracked(self) -> Path:
        """Folder with the bytes of files that clients of MLflow bring, by digest."""
        return self.folder / "tracked"

    @property
    def serving(self) -> Path:
        """Folder with one sub-folder for each environment on this machine."""
        return self.folder / "serving"

    @property
    def recorded(self) -> Path:
        """Folder with the compacted prediction log, by environment, model and day."""
        return self.folder / "recorded"

    @property
    def signing_key(self) -> Path:
        """The private key of whoever releases from here."""
        return Path(self.sign_with) if self.sign_with else self.folder / "keys" / "signing.pem"

    @property
    def model_environments(self) -> Path:
        """Environments of versions with other packages; where the local target has them made."""
        return self.serving / ".environments"

    @property
    def spot_check_key(self) -> Path:
        """What draws spot checks; made with the first draw, and kept from everybody who registers versions."""
        return self.folder / "keys" / "spot-checks.key"

    @property
    def sign_in_key(self) -> Path:
        """What seals the way to an identity provider and back; made with the first one."""
        return self.folder / "keys" / "sign-in.key"

    @property
    def trusted_keys(self) -> Path:
        """Public keys whose versions may run code here; where the local target looks for them."""
        return self.serving / ".keys"

    @property
    def database_url(self) -> str:
        """Address of the database."""
        return self.database or f"sqlite:///{self.folder / 'control.db'}"

    @property
    def url(self) -> str:
        """Address of the control plane."""
        return f"http://{self.host}:{self.port}"

    @property
    def opened_at(self) -> str:
        """Address at which people open the pages."""
        return self.public_url.rstrip("/") or self.url


def _check_addresses(field: str, receivers: Mapping[str, str]) -> None:
    """Raise `ValueError` for an address that no message could go to; it is not repeated, for it may hold a password."""
    for name, address in receivers.items():
        place = urlsplit(address)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ValueError(f"`{field}` of {name} is no address that begins with https:// or http:// and names a host")


def _check_store(place: str) -> None:
    """Raise `ValueError` for a place that names no store or holds a key; it is not repeated."""
    parts = urlsplit(place)
    if place and not (parts.scheme and parts.netloc):
        raise ValueError("`artifact_store` is a place such as s3://bucket/prefix")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("`artifact_store` names a bucket and a prefix only; keys come from the variables AWS_...")


def _check_secrets(settings: Settings) -> None:
    """Raise `ValueError` for a secret without a receiver, and for one that Standard Webhooks does not know."""
    for name, secrets in settings.webhook_secrets.items():
        if name not in settings.webhooks:
            raise ValueError(f"`webhook_secrets` names {name}, and `webhooks` has no receiver of that name")
        if not secrets or not all(map(_is_secret, secrets)):
            raise ValueError(f"`webhook_secrets` of {name} takes secrets of 24 to 64 bytes, written whsec_ and base64")


def _check_sign_in(settings: Settings) -> None:
    """Raise `ValueError` for an address at which nobody can sign in safely, and for two identity providers of one name."""
    place = urlsplit(settings.public_url)
    lawful = place.scheme == "https" or (place.scheme == "http" and place.hostname in ("127.0.0.1", "localhost", "::1"))
    if settings.public_url and not (lawful and place.hostname and place.path in ("", "/")):
        raise ValueError("`public_url` is an address such as https://lamp.example.com, without a path")
    if settings.public_url and ("@" in place.netloc or place.query or place.fragment):
        raise ValueError("`public_url` is an address without user, query and fragment")
    names = [one.name for one in settings.identity_providers]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"two identity providers are called {twice}")


def _check_proxies(proxies: Collection[str]) -> None:
    """Raise `ValueError` for what is no proxy, and for a network that everybody is in."""
    for proxy in proxies:
        try:
            everybody = not ipaddress.ip_network(proxy).prefixlen
        except ValueError:
            everybody = True
        if everybody:
            raise ValueError("`trusted_proxies` names addresses or networks of proxies, such as 127.0.0.1 or 10.1.2.0/24")


def _is_secret(text: str) -> bool:
    """Whether it is a secret of Standard Webhooks."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64


#: Which variable sets which field.
VARIABLES = {
    "LAMP_HOME": "home",
    "LAMP_DATABASE": "database",
    "LAMP_ARTIFACT_STORE": "artifact_store",
    "LAMP_HOST": "host",
    "LAMP_PORT": "port",
    "LAMP_PUBLIC_URL": "public_url",
    "LAMP_SERVING_PORT": "serving_port",
    "LAMP_POLICY": "policy",
    "LAMP_SIGN_WITH": "sign_with",
    "LAMP_TICK": "tick",
}


def read_settings(environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
    """Settings from arguments, then variables, then `config.toml` in the home folder, then defaults; raises `Invalid`."""
    home = Path(str(overrides.get("home") or environ.get("LAMP_HOME") or _default_home(environ))).expanduser().absolute()
    file = home / "config.toml"
    try:
        values = msgspec.toml.decode(file.read_bytes()) if file.exists() else {}
        if "home" in values:
            raise msgspec.ValidationError("`home` cannot be moved by the file that lies in it")
        values |= {field: environ[name] for name, field in VARIABLES.items() if environ.get(name)}
        values |= {name: value for name, value in overrides.items() if value is not None}
        return from_plain({**values, "home": str(home)}, Settings, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "The configuration is not valid.",
            why=f"{error}.",
            fix="Correct the variable LAMP_... or the line of config.toml that sets this field.",
            code="E1120",
        ) from None


def _default_home(environ: Mapping[str, str]) -> Path:
    state = environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "lamplighter"
