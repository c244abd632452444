"""Builds what is written in C where there is a compiler; a build without it is complete too, only slower."""

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGE = Path("src/lamplighter")
#: What is built beside its source, and what does its work where it was not.
_SOURCES = {
    _PACKAGE / "serving/compiled/walker.c": "onnxruntime will walk the trees",
    _PACKAGE / "monitoring/kernel.c": "NumPy will count",
}
#: The compiler may not fuse or reorder operations on numbers: they are those of onnxruntime and NumPy to the last bit.
_OPTIONS = ("-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared")


class LibraryHook(BuildHookInterface[Any]):
    """For wheels and editable installs alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile each source beside itself; a wheel that holds a library is one for this platform."""
        built = [source.with_suffix(".so") for source, instead in _SOURCES.items() if self._is_built(source, instead)]
        if built and version != "editable":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["tag"], build_data["pure_python"] = f"py3-none-{platform}", False
            build_data["artifacts"].extend(str(library) for library in built)

    def _is_built(self, source: Path, instead: str) -> bool:
        target = Path(self.root) / source.with_suffix(".so")
        if self._compile(target.with_suffix(".c"), target):
            return True
        target.unlink(missing_ok=True)
        self.app.display_warning(f"No C compiler: {instead}.")
        return False

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
