"""Which platform, and as whom: arguments, then variables, then the user's file, then the one on this machine."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_toml
from lamplighter.domain.errors import Unauthenticated
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings


class Login(msgspec.Struct, frozen=True):
    """Where somebody signed in last."""

    url: str = ""
    token: str = ""


def connect(url: str | None = None, token: str | None = None, *, timeout: float = 30.0) -> Platform:
    """The platform and the caller that the surroundings name; raises `Unauthenticated` without a token."""
    named = surroundings(url, token)
    return remote(named.url, named.token, timeout=timeout)


def surroundings(url: str | None = None, token: str | None = None) -> Login:
    """The address and the token that `connect` uses; raises `Unauthenticated` without a token."""
    settings = read_settings()
    login = read_login()
    address = url or os.environ.get("LAMP_URL") or login.url or settings.url
    secret = token or os.environ.get("LAMP_TOKEN") or (login.token if login.url in ("", address) else "")
    if not secret and address == settings.url:
        secret = local_token(settings)
    if not secret:
        raise Unauthenticated(
            "You are not signed in.",
            why=f"There is no token for {address}.",
            fix="Sign in with lamp login, set LAMP_TOKEN, or start a platform of your own with lamp up.",
            code="E1311",
        )
    return Login(url=address, token=secret)


def local_token(settings: Settings) -> str:
    """The token of the owner of a platform on this machine, for whoever may read its folder; empty if there is none."""
    file = settings.folder / "owner.token"
    return file.read_text().strip() if file.exists() else ""


def login_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The file that holds where the user signed in."""
    if environ.get("LAMP_CONFIG"):
        return Path(environ["LAMP_CONFIG"])
    folder = environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "lamplighter" / "config.toml"


def read_login() -> Login:
    """What the file says; an empty login without a file."""
    file = login_file()
    return from_toml(file.read_bytes(), Login) if file.exists() else Login()


def write_login(login: Login) -> Path:
    """Keep a login in a file that only the user can read."""
    file = login_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        # A file that was there before keeps its mode otherwise.
        os.fchmod(out.fileno(), 0o600)
        out.write(f'url = "{login.url}"\ntoken = "{login.token}"\n')
    return file
