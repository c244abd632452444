"""Checks the folder that this file lies in: whether its files are those of the version, and whether it answers as it did.

It asks no platform, and needs Python and what `requirements.txt` beside it names:

    python verify.py [--digest DIGEST] [--trust]

`--digest` is that of the version, as it was approved. `--trust` is needed where opening the model runs code; it is opened in a
closed process. It ends with 0 if everything is the same, 1 if a file is not, 2 if the answers are not, 3 if the model could not
be asked here.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SAME, OTHER_FILES, OTHER_ANSWERS, NOT_ASKED = 0, 1, 2, 3


def main() -> int:
    """Check the files, then the answers."""
    parser = argparse.ArgumentParser(description="Check this folder, without any platform.")
    parser.add_argument("--digest", default="", help="digest of the version, as it was approved")
    parser.add_argument("--trust", action="store_true", help="open a model whose opening runs code")
    asked = parser.parse_args()
    told = json.loads((HERE / "pull.json").read_text())
    wrong = wrong_files(told, asked.digest)
    for line in wrong:
        say(f"✗ {line}")
    if wrong:
        return OTHER_FILES
    say(f"✓ {len(told['files'])} files are those of {told['version']}, sha256:{told['digest']}")
    if told["runs_code"] and not asked.trust:
        say("- not asked: opening the model runs code; repeat with --trust")
        return NOT_ASKED
    return answers(told)


def wrong_files(told: Any, digest: str) -> list[str]:
    """Files that are absent or other than they were, and digests that do not fit each other."""
    found = [f"{name} is not what it was" for name, wanted in told["files"].items() if digest_of(HERE / name) != wanted]
    manifest = json.loads((HERE / "manifest.json").read_text()) if not found else {"artifacts": []}
    parts = {artifact["role"]: artifact["digest"] for artifact in manifest["artifacts"]}
    found += [f"{role} is not that of the manifest" for role in parts if told["files"][told["parts"][role]] != parts[role]]
    if told["files"]["manifest.json"] != told["digest"]:
        found.append("manifest.json is not that of the version")
    if digest and digest.removeprefix("sha256:") != told["digest"]:
        found.append(f"this is sha256:{told['digest']} and not the version that was asked for")
    return found


def digest_of(file: Path) -> str:
    """SHA-256 of a file; empty where there is none, or a link."""
    if file.is_symlink() or not file.is_file():
        return ""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def answers(told: Any) -> int:
    """Ask the model for its sample, with the code that serves, which lies in this folder too."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE / "code"))
    try:
        scores, golden = asyncio.run(asked_for(told))
    except Exception as error:  # whatever stands in the way here, the files are right
        say(f"- not asked: {type(error).__name__}: {str(error).partition(' Serve it where ')[0]}")
        say("- install requirements.txt in an environment of its own, and repeat there")
        return NOT_ASKED
    from lamplighter.domain.golden import digest_of_scores

    away = max((abs(one - other) for one, other in zip(*golden[:2], strict=True)), default=0.0)
    if not away <= golden[2]:
        say(f"✗ its golden rows are answered up to {away:.2g} away from what the model itself said; {golden[2]:.2g} is allowed")
        return OTHER_ANSWERS
    say(f"✓ {len(golden[0])} golden rows are answered as the model itself did, at most {away:.2g} away")
    if not told["sample_scores"]:
        say(f"- {len(scores)} rows of the sample are answered; with which bits they were at registration is not on record")
        return SAME
    if digest_of_scores(scores) != told["sample_scores"]:
        say(f"✗ {len(scores)} rows of the sample are not answered with the same bits as at registration")
        return OTHER_ANSWERS
    say(f"✓ {len(scores)} rows of the sample are answered as at registration, bit for bit")
    return SAME


async def asked_for(told: Any) -> tuple[list[float], tuple[list[float], list[float], float]]:
    """Scores of the sample; and of the golden rows, with what they were and how far they may be away."""
    from lamplighter.domain.decoding import from_json
    from lamplighter.domain.version import Manifest, address

    manifest = from_json((HERE / "manifest.json").read_bytes(), Manifest)
    with tempfile.TemporaryDirectory(prefix="lamp-verify-") as folder:
        for artifact in manifest.artifacts:
            place = Path(folder) / address(artifact.digest)
            place.parent.mkdir(exist_ok=True)
            place.write_bytes((HERE / told["parts"][artifact.role]).read_bytes())
        runtime = await opened(manifest, Path(folder))
        try:
            scores = await scored(runtime, json.loads((HERE / told["parts"]["sample"]).read_text()))
            golden = json.loads((HERE / told["parts"]["golden"]).read_text()) if "golden" in told["parts"] else None
            again = await scored(runtime, golden["columns"]) if golden else []
        finally:
            await runtime.close()
    return scores, (again, golden["scores"], golden["tolerance"]) if golden else ([], [], 0.0)


async def opened(manifest: Any, folder: Path) -> Any:
    """The version in its runtime; one that has a process of its own finds the code that serves in this folder."""
    if manifest.runtime == "compiled":
        from lamplighter.serving.runtimes import compiled

        return await compiled.load(manifest, folder)
    from functools import partial

    from lamplighter.serving.artifacts import verified
    from lamplighter.serving.worker import environment
    from lamplighter.serving.worker.batcher import Batcher
    from lamplighter.serving.worker.crew import Crew
    from lamplighter.serving.worker.environments import Held
    from lamplighter.serving.worker.process import Worker, order_to_load
    from lamplighter.serving.worker.queue import STANDARD

    environment.check(manifest.lock)
    model = manifest.artifact("model")
    content, is_code = verified(folder, model), model.badge == "code"
    order = order_to_load(model.format, content, manifest.contract, is_code=is_code, warm_up={})
    start = partial(Worker.start, order, Held(Path(sys.executable), HERE / "code", -1))
    worker = await start()
    return Batcher(Crew(start, worker), STANDARD)


async def scored(runtime: Any, columns: Any) -> list[float]:
    """One score a row."""
    return list(await runtime.score(columns, len(next(iter(columns.values())))))


def say(line: str) -> None:
    """One line of what came of it."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
