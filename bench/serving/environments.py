"""Environments of peers, each of its own below `.bench/`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Where they are.
HOME = Path(__file__).parents[2] / ".bench"
_UV = Path(sys.executable).with_name("uv")


def environment(folder: Path) -> Path:
    """The interpreter of the environment that the folder's `requirements.txt` asks for, made the first time."""
    place, wanted = HOME / folder.name, folder / "requirements.txt"
    stamp = place / "ready.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        shutil.rmtree(place, ignore_errors=True)
        print(f"Installing {folder.name}", file=sys.stderr, flush=True)
        _uv("venv", "--python", sys.executable, str(place))
        _uv("pip", "install", "--python", str(place / "bin/python"), "-r", str(wanted))
        stamp.write_text(wanted.read_text())
    return place / "bin/python"


def _uv(*arguments: str) -> None:
    subprocess.run([str(_UV), "--quiet", *arguments], check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})
