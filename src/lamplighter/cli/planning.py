"""DAILY: plan, apply. What many lamp.toml would change, looked at first, then saved exactly as it was looked at."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session

if TYPE_CHECKING:  # what a verb does loads every noun, which help does not need
    from lamplighter.domain.plan import Applied, Plan, Planned

#: Exit code of `--detailed-exitcode` where something would change, as Terraform has it.
_CHANGES = 2
#: Fields that are listed of one model.
_LISTED = 12


@click.command(cls=Verb)
@click.argument("path", metavar="[DIR]", default=".")
@click.option("--out", metavar="FILE", default="", help="keep the plan in this file, for lamp apply FILE")
@click.option("--detailed-exitcode", "detailed", is_flag=True, help="exit 0 for no changes, 1 for an error, 2 for changes")
@with_session
def plan(session: Session, path: str, out: str, detailed: bool) -> Page:
    """Say what every lamp.toml in a folder and below it would change. Nothing is saved. Exit 5 if one is refused."""
    found = _plan(session, path)
    told = _disagreements(session, path)
    if out:
        _write(session.path(out), found)
    return Page(
        says=f"{found.sentence}{f' Kept in {out}.' if out else ''}",
        data={"plan": found, "key": found.key, "changes": found.changes},
        text="\n".join(_lines(found)),
        next=[f"lamp apply {out or path}"] if found.planned and not found.refused else (),
        warnings=told,
        code=_code(found, detailed),
    )


def _code(found: "Plan", detailed: bool) -> int:
    from lamplighter.cli.refusal import EXIT_CODES
    from lamplighter.domain.errors import Blocked

    if found.refused:
        return 1 if detailed else EXIT_CODES[Blocked]
    return _CHANGES if detailed and found.planned else 0


@click.command(cls=Verb)
@click.argument("path", metavar="[DIR|FILE]", default=".")
@with_session
def apply(session: Session, path: str) -> Page:
    """Save the lamp.toml of a folder, or all of them below a folder that has none, or a plan that lamp plan kept: every project
    or none."""
    from lamplighter.cli.folders import folder_of

    place = session.path(path)
    if place.is_file() and place.name != "lamp.toml":
        return _applied(session, session.platform.apply_plan(_read(place)))
    if (folder_of(session, path) / "lamp.toml").is_file():
        return _saved(session, path)
    found = _plan(session, path)
    if found.planned:
        session.ask(f"Apply {found.sentence.rstrip('.')}?", [line for line in _lines(found) if line])
    return _applied(session, session.platform.apply_plan(found))


def _saved(session: Session, path: str) -> Page:
    from lamplighter.cli.folders import project_in
    from lamplighter.cli.standing_in import warnings

    project = project_in(session, path)
    saved = session.platform.save_project(project.name, project)
    return Page(
        says=f"The project of {saved.name} is saved.",
        data={"model": saved.name, "digest": saved.digest},
        next=[f"lamp who {saved.name}", f"lamp deploy {path}"],
        url=session.address(f"/m/{saved.name}"),
        warnings=warnings(session, saved),
    )


def _applied(session: Session, done: "Applied") -> Page:
    from lamplighter.cli.refusal import EXIT_CODES
    from lamplighter.domain.errors import Blocked

    wait = "waits" if len(done.waits) == 1 else "wait"
    waits = f" {', '.join(done.waits)} {wait} for a second person." if done.waits else ""
    return Page(
        says=f"{len(done.saved):,} project{'' if len(done.saved) == 1 else 's'} saved.{waits}",
        data={"applied": done},
        next=["lamp approvals list"] if done.waits else ["lamp list"],
        url=session.address("/approvals" if done.waits else "/"),
        code=EXIT_CODES[Blocked] if done.waits else 0,
    )


def _plan(session: Session, path: str) -> "Plan":
    from lamplighter.cli.folders import project_in, projects_below

    return session.platform.plan([project_in(session, str(folder)) for folder in projects_below(session, path)])


def _disagreements(session: Session, path: str) -> list[str]:
    """Where the CODEOWNERS of the repository gives files of these projects to others."""
    from lamplighter.cli.codeowners import disagreements
    from lamplighter.cli.folders import projects_below

    return [told for folder in projects_below(session, path) for told in disagreements(folder)]


def _write(file: Path, found: "Plan") -> None:
    from lamplighter.domain.errors import Invalid
    from lamplighter.domain.record import canonical

    try:
        file.write_bytes(canonical(found))
    except OSError as error:
        raise Invalid(
            f"The file {file.name} cannot be written.",
            why=f"It gives {type(error).__name__}.",
            fix="Name a new file in a folder that is there.",
            code="E1281",
        ) from None


def _read(file: Path) -> "Plan":
    import msgspec

    from lamplighter.domain.decoding import from_json
    from lamplighter.domain.errors import Invalid
    from lamplighter.domain.plan import Plan

    try:
        return from_json(file.read_bytes(), Plan)
    except (OSError, msgspec.MsgspecError):
        raise Invalid(
            "That is no plan.",
            why="The file is not one that lamp plan wrote, or it was changed or cut off.",
            fix="Make a new one with lamp plan --out FILE.",
            code="E1599",
        ) from None


def _lines(found: "Plan") -> Sequence[str]:
    return [line for one in found.planned for line in _of_model(one)]


def _of_model(one: "Planned") -> list[str]:
    told = [f"{one.model}{'' if one.base else ' (new)'}"]
    for change in one.changes[:_LISTED]:
        sign = "+" if not change.before else "-" if not change.after else "~"
        told.append(f"  {sign} {change.place}  {' to '.join(part for part in (change.before, change.after) if part)}")
    if len(one.changes) > _LISTED:
        told.append(f"  and {len(one.changes) - _LISTED} more")
    if one.refusal is not None:
        told += [f"  ✗ {one.refusal.what} {one.refusal.why}", f"    Fix  {one.refusal.fix}"]
    elif one.needs_second:
        told.append(f"  ! from {one.before} to {one.after}: a second person has to agree")
    elif one.before and one.before != one.after:
        told.append(f"  ! from {one.before} to {one.after}: other gates and other words count for it")
    return told


COMMANDS: Mapping[str, click.Command] = {"plan": plan, "apply": apply}
