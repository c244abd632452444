"""The training, run once more in a process of its own; `__main__` beside this file is what that process runs."""

import os
import subprocess
from pathlib import Path

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Blocked
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.origin import KIND, Origin, origin_in
from lamplighter.domain.record import Record
from lamplighter.domain.version import Manifest
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.reproduction.recipe import Recipe

#: Variables that belong to the process that asks.
_NOT_PASSED = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LAMP_TOKEN", "LAMP_RESULT", "LAMP_FAILURE")
_PROGRAM = "lamplighter.sdk.reproduction"
_RESULT, _LOG = "result.json", "training.log"


class Made(Record, frozen=True):
    """What the training gave."""

    manifest: Manifest
    evidence: tuple[Facts, ...]


class Rebuilt(Record, frozen=True):
    """The same, with what a comparison asks of it."""

    manifest: Manifest
    origin: Origin
    performance: Evidence | None


def rebuilt(recipe: Recipe, folder: Path, interpreter: Path, shelf: Path, place: Path) -> Rebuilt:
    """Run the training in a folder; what it prints is in `training.log` of the place. Raises `Blocked` where it fails."""
    result, log = place / _RESULT, place / _LOG
    commit = recipe.version.manifest.provenance.commit
    command = [str(interpreter), "-m", _PROGRAM, commit, recipe.origin.folder, str(result)]
    environ = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}
    with log.open("wb") as out:
        done = subprocess.run(  # noqa: S603  the code of the project, as `lamp check` runs it
            command, cwd=folder, env={**environ, "PYTHONPATH": str(shelf)}, stdin=subprocess.DEVNULL, stdout=out,
            stderr=out, check=False,
        )  # fmt: skip
    if done.returncode or not result.exists():
        raise Blocked(
            "The training failed when it was run once more.",
            why=f"It ended with {_last_line(log)}.",
            fix=f"See {log}. If data is gone that it reads, bring back that of its time; the record holds the digest.",
            code="E1625",
        )
    return _read(result)


def _last_line(log: Path) -> str:
    """The name of what it failed by, which a traceback puts at the beginning of its last whole line; what follows the name may
    be data of the training."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line[:1].strip()] or ["nothing said"]
    return lines[-1].partition(":")[0][:100]


def _read(result: Path) -> Rebuilt:
    made = from_json(result.read_bytes(), Made)
    digest = made.manifest.digest
    found = {one.kind: Evidence(version=digest, kind=one.kind, facts=one.facts, author="", at=0) for one in made.evidence}
    origin = origin_in(found.get(KIND))
    assert origin is not None
    return Rebuilt(manifest=made.manifest, origin=origin, performance=found.get("performance"))
