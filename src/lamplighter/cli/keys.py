"""ADMIN: key. Files of the platform's folder on this machine; no platform has to run."""

from collections.abc import Mapping
from pathlib import Path

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def key() -> None:
    """Keys that vouch for versions which run code when they are opened."""


@key.command("new")
@with_session
def new(_: Session) -> Page:
    """Make your signing key, and its public key beside it."""
    from lamplighter import keys
    from lamplighter.settings import read_settings

    file = read_settings().signing_key
    made = keys.fingerprint(keys.make(file))
    public = file.with_suffix(".pub")
    return Page(
        says=f"✓ Key {made[:16]} is in {file}.",
        data={"key": made, "private": str(file), "public": str(public)},
        next=[f"lamp key trust {public}"],
    )


@key.command("list")
@with_session
def list_keys(_: Session) -> Page:
    """The keys whose versions may run code on this machine's platform."""
    from lamplighter import keys
    from lamplighter.cli.table import Table
    from lamplighter.settings import read_settings

    found = keys.trusted(read_settings().trusted_keys)
    return Page(
        says=f"{len(found)} key{'' if len(found) == 1 else 's'} trusted here.",
        data={"keys": list(found)},
        table=Table([(name[:16], str(file)) for name, file in found.items()], ("KEY", "FILE"), frozenset()),
        next=["lamp key trust FILE"],
    )


@key.command("trust")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_session
def trust(_: Session, file: Path) -> Page:
    """Have versions signed by the key in a file opened here."""
    from lamplighter import keys
    from lamplighter.settings import read_settings

    public = keys.public(file)
    keys.trust(read_settings().trusted_keys, public)
    name = keys.fingerprint(public)
    return Page(says=f"✓ {name[:16]} is trusted here.", data={"key": name}, next=["lamp key list"])


@key.command("distrust")
@click.argument("name", metavar="KEY")
@with_session
def distrust(_: Session, name: str) -> Page:
    """Trust a key no more. What runs goes on; its versions are refused when they are next loaded."""
    from lamplighter import keys
    from lamplighter.settings import read_settings

    keys.distrust(read_settings().trusted_keys, name)
    return Page(says=f"✓ {name[:16]} is not trusted here any more.", data={"key": name}, next=["lamp key list"])


#: By the name that follows `lamp`.
COMMANDS: Mapping[str, click.Command] = {"key": key}
