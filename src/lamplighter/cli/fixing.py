"""A run that failed, taken apart into a folder in which it can be mended, or run again."""

from pathlib import Path

from lamplighter.cli.page import Page
from lamplighter.cli.plain import plain, printed
from lamplighter.cli.session import Session
from lamplighter.domain.errors import Conflict
from lamplighter.domain.job import KeptRun

_ROWS, _SCRIPT = "rows.arrow", "score.sh"


def taken_apart(session: Session, key: str, folder: str) -> Page:
    """Write what is kept of a failed run; raises `Conflict` where the folder is there already."""
    kept, rows = session.platform.kept_run(key), session.platform.kept_rows(key)
    place = session.path(folder or kept.run)
    if place.exists():
        raise Conflict(
            f"{place.name} is there already.",
            why="Nothing is written over.",
            fix="Name another folder with --to.",
            code="E1565",
        )
    place.mkdir(parents=True)
    files = {"order.json": _order(kept), "failure.json": printed(plain(kept.failure)), "output.log": kept.log}
    for name, text in files.items():
        (place / name).write_text(text)
    if rows:
        (place / _ROWS).write_bytes(rows)
        _write_script(place / _SCRIPT, kept)
    written = [*files, *([_ROWS, _SCRIPT] if rows else [])]
    return Page(
        says=f"{kept.run} failed by {kept.failure.cause}; what is kept of it is in {place}.",
        data={"kept": kept, "folder": str(place), "files": written},
        facts=[("why", kept.failure.why), ("files", ", ".join(written)), ("rows", f"{kept.failure.kept:,}")],
        next=[*([f"{place / _SCRIPT}"] if rows else []), f"lamp jobs fix {kept.run} --rerun"],
    )


def _order(kept: KeptRun) -> str:
    """What the run was told, without what it wrote."""
    return printed({name: value for name, value in plain(kept).items() if name not in ("failure", "log")})


def _write_script(file: Path, kept: KeptRun) -> None:
    """The names in it are lawful names of models and environments, which hold nothing that a shell would read."""
    file.write_text(
        "#!/bin/sh\n"
        f"# Scores the rows that {kept.run} failed on, as that run did. Correct {_ROWS} until it succeeds, correct the table\n"
        f"# {kept.input} in the same way, then: lamp jobs fix {kept.run} --rerun\n"
        'set -eu\ncd "$(dirname "$0")"\nrm -rf scores.arrow.parts\n'
        f"exec lamp score {kept.version} {_ROWS} scores.arrow --env {kept.environment}\n"
    )
    file.chmod(0o755)


def rerun_page(session: Session, key: str, table: str) -> Page:
    """Run it again."""
    run = session.platform.rerun(key, table)
    return Page(
        says=f"✓ {run.id} repeats {run.fixes} of the job {run.job} and is {run.state}.",
        data={"run": run},
        next=[f"lamp jobs show {run.id}"],
        url=session.address(f"/m/{run.model}"),
    )
