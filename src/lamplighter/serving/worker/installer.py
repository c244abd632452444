"""uv, asked in a process of its own: it finds and installs packages, and builds none."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib import util
from pathlib import Path

from lamplighter.serving.worker import unresolved

#: Seconds uv has for one thing.
_PATIENCE = 600.0
#: What uv is told of the process's own environment: where packages come from.
_PASSED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "UV_CACHE_DIR")
_PASSED_TOO = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_OFFLINE",
)


class NotInstalled(Exception):
    """uv is not here, or could not do what it was asked; says why in one sentence without its full stop."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        #: What to do about it.
        self.fix = fix


def run(purpose: str, folder: Path, *arguments: str, lines: Sequence[str] = ()) -> str:
    """What uv prints, in this folder, which holds its cache; raises `NotInstalled`, which names the purpose and which of the
    requirements (`lines`) it is about."""
    environ = {name: os.environ[name] for name in (*_PASSED, *_PASSED_TOO) if name in os.environ}
    environ = {"UV_CACHE_DIR": str(folder / "cache"), "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", **environ}
    try:
        done = subprocess.run(  # noqa: S603
            [_uv(), *arguments], env=environ, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        fix = "Let uv run here and reach your package index (UV_DEFAULT_INDEX), and repeat."
        raise NotInstalled(f"uv could not {purpose} ({type(error).__name__})", fix) from None
    if done.returncode:
        found = unresolved.read(done.stderr, lines)
        raise NotInstalled(f"uv could not {purpose}: {found.why}", found.fix)
    return done.stdout


def _uv() -> str:
    if util.find_spec("uv") is not None:
        from uv import find_uv_bin

        return str(find_uv_bin())
    found = shutil.which("uv")
    if found is None:
        why = "It needs other packages than those here, and uv is not installed"
        raise NotInstalled(why, "Install the extra lamplighter[environments], which brings it.")
    return found
