"""Where each setting came from: a flag, a variable, a file or the default."""

import os
import tomllib
from pathlib import Path

from sqlalchemy.engine import make_url

from lamplighter.sdk.connect import login_file, read_login
from lamplighter.settings import VARIABLES, Settings, read_settings


def origins(url: str) -> list[tuple[str, str, str]]:
    """Name, value and origin of each setting of this machine, and of the platform that commands speak to."""
    settings = read_settings()
    file = settings.folder / "config.toml"
    written = tomllib.loads(file.read_text()) if file.exists() else {}
    found = [(field, _shown(settings, field), _origin(name, field in written, file)) for name, field in VARIABLES.items()]
    return [*found, _platform(settings, url), _token(settings)]


def _origin(variable: str, in_file: bool, file: Path) -> str:
    if os.environ.get(variable):
        return f"variable {variable}"
    return str(file) if in_file else "default"


def _shown(settings: Settings, field: str) -> str:
    if field == "database":
        return make_url(settings.database_url).render_as_string(hide_password=True)
    if field == "artifact_store":
        return settings.artifact_store or str(settings.artifacts)
    if field == "policy":
        return settings.policy or "starter"
    return str(getattr(settings, field))


def _platform(settings: Settings, url: str) -> tuple[str, str, str]:
    login = read_login()
    choices = (
        (url, "flag --url"),
        (os.environ.get("LAMP_URL", ""), "variable LAMP_URL"),
        (login.url, str(login_file())),
        (settings.url, "this machine"),
    )
    value, origin = next(choice for choice in choices if choice[0])
    return "url", value, origin


def _token(settings: Settings) -> tuple[str, str, str]:
    """Whether there is a token, never the token itself."""
    if os.environ.get("LAMP_TOKEN"):
        return "token", "given", "variable LAMP_TOKEN"
    if read_login().token:
        return "token", "given", str(login_file())
    owner = settings.folder / "owner.token"
    return ("token", "given", str(owner)) if owner.exists() else ("token", "none", "default")
