"""Builds the walker of trees where there is a compiler; a build without one is complete too, only slower."""

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FOLDER = Path("src/lamplighter/serving/compiled")
#: The compiler may not fuse or reorder operations on numbers: the sums are those of onnxruntime to the last bit.
_OPTIONS = ("-O3", "-std=c11", "-ffp-contract=off", "-fPIC", "-shared")


class WalkerHook(BuildHookInterface[Any]):
    """For wheels and editable installs alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile `walker.c` beside itself; a wheel that holds the library is one for this platform."""
        target = Path(self.root) / _FOLDER / "walker.so"
        if not self._compile(target.with_suffix(".c"), target):
            target.unlink(missing_ok=True)
            self.app.display_warning("No C compiler: onnxruntime will walk the trees.")
        elif version != "editable":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["tag"], build_data["pure_python"] = f"py3-none-{platform}", False
            build_data["artifacts"].append(str(_FOLDER / "walker.so"))

    def _compile(self, source: Path, target: Path) -> bool:
        compiler = shlex.split(os.environ.get("CC", "cc"))
        if os.name != "posix" or not compiler or shutil.which(compiler[0]) is None:
            return False
        whole = target.with_suffix(".new.so")
        command = [*compiler, *_OPTIONS, "-o", str(whole), str(source)]
        if subprocess.run(command, check=False).returncode:  # noqa: S603  the person who builds names the compiler
            return False
        # A process that opens half a library dies.
        whole.replace(target)
        return True
