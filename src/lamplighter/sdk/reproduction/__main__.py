"""What the process of a training that is run once more runs: it builds and packs the project of the working directory.

`python -m lamplighter.sdk.reproduction COMMIT FOLDER RESULT` leaves what came of it in the file RESULT.
"""

import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from lamplighter.sdk.build import load_build, read_folder
from lamplighter.sdk.release import checked
from lamplighter.sdk.reproduction.run import Made


def main() -> int:
    """Build, pack, leave what came of it."""
    commit, folder, result = sys.argv[1:]
    project = read_folder(Path.cwd())
    build = load_build(Path.cwd(), project)
    # The folder is in no repository here, or in another one.
    build = replace(build, provenance=msgspec.structs.replace(build.provenance, commit=commit), folder=folder)
    ready = checked(project, build)
    Path(result).write_bytes(msgspec.json.encode(Made(manifest=ready.manifest, evidence=ready.evidence)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
