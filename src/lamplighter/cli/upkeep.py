"""ADMIN: admin. The platform's folder on this machine, as a whole."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session

if TYPE_CHECKING:  # what a verb does loads every noun, which help does not need
    from lamplighter.lifecycle.unnamed import Unnamed

_HOUR = 3600.0


@click.group(cls=Noun)
def admin() -> None:
    """Back up, restore and tidy the platform of this machine's folder, and tell it what is known of packages."""


@admin.command("backup")
@click.argument("place", metavar="DIR")
@with_session
def backup(session: Session, place: str) -> Page:
    """Write database, artifacts, configuration and the prediction log into a new folder, while the platform runs. It holds keys
    and tokens: whoever reads it can sign in."""
    from lamplighter.cli.refusal import FAILING
    from lamplighter.lifecycle.backups import back_up
    from lamplighter.settings import read_settings

    settings = read_settings()
    found = back_up(settings, session.path(place).absolute())
    lost = [f"Artifact {digest} is gone or damaged here, and is not in the backup." for digest in found.damaged]
    return Page(
        says=f"✓ {settings.home} is backed up in {place}: {found.versions:,} versions, {found.size / 1e6:,.1f} MB.",
        data={"folder": place, "at": found.at, "versions": found.versions, "bytes": found.size, "files": len(found.files),
              "entries": found.entries, "head": found.head, "damaged": found.damaged},
        facts=[("journal", f"{found.entries:,} entries, head {found.head}")],
        warnings=lost,
        next=[f"LAMP_HOME=NEW lamp admin restore {place}"],
        code=FAILING if lost else 0,
    )  # fmt: skip


@admin.command("restore")
@click.argument("place", metavar="DIR")
@with_session
def restore(session: Session, place: str) -> Page:
    """Make the home folder from a backup. It has to be empty or not there; every file and the journal are checked first."""
    from lamplighter.lifecycle import restoring
    from lamplighter.settings import read_settings

    settings = read_settings()
    found = restoring.restore(settings, session.path(place).absolute())
    return Page(
        says=f"✓ {settings.home} is what was backed up: {found.versions:,} versions, every file and the journal checked.",
        data={"home": settings.home, "at": found.at, "versions": found.versions, "entries": found.entries, "head": found.head,
              "damaged": found.damaged},
        facts=[("journal", f"{found.entries:,} entries, head {found.head}")],
        warnings=[f"Artifact {digest} was gone when the backup was made." for digest in found.damaged],
        next=["lamp up", "lamp doctor"],
    )  # fmt: skip


@admin.command("gc")
@click.option("--hours", type=click.FloatRange(min=1), default=24, show_default=True, help="leave alone what is younger")
@click.option("--dry-run", is_flag=True, help="only say what would go")
@with_session
def collect_garbage(session: Session, hours: float, dry_run: bool) -> Page:
    """Remove artifacts that no version names: uploads whose registration never came. What a version names always stays."""
    from lamplighter.lifecycle import backups, people, unnamed
    from lamplighter.lifecycle.kit import Kit
    from lamplighter.settings import read_settings

    settings = read_settings()
    backups.check_there(settings)
    kit = Kit.open(settings)
    try:
        found = unnamed.find(kit, hours * _HOUR)
        if found.digests and not dry_run:
            session.ask(
                f"Remove {_counted(found.digests)} from {settings.home}?", [f"{found.size / 1e6:,.1f} MB that no version names"]
            )
        if not dry_run:
            found = unnamed.remove(kit, people.operator(kit), hours * _HOUR)
    finally:
        kit.close()
    return Page(
        says=_told(found, dry_run),
        data={"removed": not dry_run, "digests": found.digests, "bytes": found.size, "halves": found.halves},
        next=["lamp admin gc"] if dry_run and found.digests else (),
    )


@admin.command("advisories")
@click.argument("place", metavar="FILE|DIR")
@with_session
def load_advisories(session: Session, place: str) -> Page:
    """Load what is publicly known of packages, in the place of what was loaded before: the zip of PyPI that osv.dev publishes,
    or a copy of the advisory database of the PyPA."""
    from lamplighter.domain.instant import day
    from lamplighter.lifecycle import advisories, backups, people
    from lamplighter.lifecycle.kit import Kit
    from lamplighter.settings import read_settings

    settings = read_settings()
    backups.check_there(settings)
    kit = Kit.open(settings)
    try:
        found = advisories.load(kit, people.operator(kit), session.path(place))
    finally:
        kit.close()
    return Page(
        says=f"✓ {found.advisories:,} advisories about {found.packages:,} packages are loaded, as of {day(found.newest)}.",
        data={"load": found},
        warnings=[f"Left out, as they cannot be read: {found.unread:,} of the entries."] if found.unread else [],
        next=["lamp vulnerabilities"],
    )


def _told(found: "Unnamed", dry_run: bool) -> str:
    if not found.digests:
        return "✓ A version names every artifact that is old enough; nothing is removed."
    return f"✓ {_counted(found.digests)} of {found.size / 1e6:,.1f} MB {'would be' if dry_run else 'are'} removed."


def _counted(digests: tuple[str, ...]) -> str:
    return f"{len(digests):,} artifact{'' if len(digests) == 1 else 's'}"


COMMANDS: Mapping[str, click.Command] = {"admin": admin}
