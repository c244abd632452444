"""Notebooks, run for real."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

#: Runs a notebook in its place, in a process of its own so that what its libraries warn of is theirs.
_EXECUTED = """
import sys
import nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(book)
NotebookClient(book, timeout=120, kernel_name="python3").execute()
nbformat.write(book, sys.argv[1])
"""


def ran(path: Path, **access: str) -> list[str]:
    """What each cell of code has put out, after the notebook ran from top to bottom in its place."""
    done = subprocess.run(
        [sys.executable, "-c", _EXECUTED, path.name],
        cwd=path.parent,
        env={
            **os.environ,
            **access,
            "JUPYTER_PLATFORM_DIRS": "1",
            "HOME": str(path.parent),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    codes = [cell for cell in msgspec.json.decode(path.read_bytes())["cells"] if cell["cell_type"] == "code"]
    return ["".join(str(output.get("data", output.get("text"))) for output in cell["outputs"]) for cell in codes]
