"""What a training runs: `python -m lamplighter.sdk.training` builds the project of the folder and registers the version.

Where `LAMP_RESULT` names a file, the number of the version is left in it, as the trainers of the platform expect.
"""

import os
import sys
from pathlib import Path

import msgspec

from lamplighter.domain.errors import LampError
from lamplighter.sdk.build import load_build, read_folder
from lamplighter.sdk.connect import connect
from lamplighter.sdk.ending import failure_of
from lamplighter.sdk.release import release


def main() -> int:
    """Build, register, leave the number."""
    folder = Path.cwd()
    try:
        project = read_folder(folder)
        version = release(connect(), project, load_build(folder, project))
    except LampError as error:
        sys.stderr.write(f"{error}\n")
        failed = os.environ.get("LAMP_FAILURE")
        if failed:
            _leave(Path(failed), msgspec.json.encode(failure_of(error)))
        return 1
    result = os.environ.get("LAMP_RESULT")
    if result:
        _leave(Path(result), msgspec.json.encode({"number": version.number}))
    return 0


def _leave(result: Path, content: bytes) -> None:
    """Whole or not at all: whoever waits for the file reads it as soon as it is there."""
    temporary = result.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(result)


if __name__ == "__main__":
    sys.exit(main())
