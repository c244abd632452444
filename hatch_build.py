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
#: What is built of which sources beside it, and what does its work where it was not.
_LIBRARIES = {
    "serving/compiled/walker.so": (
        ("walker.c", "leaf_sets.c", "json_rows.c", "record_rows.c", "spreading.c", "scoring.c"),
        "onnxruntime will walk the trees",
    ),
    "monitoring/kernel.so": (("kernel.c",), "NumPy will count"),
}
#: The compiler may not fuse or reorder operations on numbers: they are those of onnxruntime and NumPy to the last bit.
#: What is looked up are 64 bits, of a whole number or of a double, so the kinds of pointers tell it nothing.
_OPTIONS = ("-O3", "-std=c11", "-fno-strict-aliasing", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared")


class LibraryHook(BuildHookInterface[Any]):
    """For wheels and editable installs alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile each source beside itself; a wheel that holds a library is one for this platform."""
        built = [
            _PACKAGE / name
            for name, (sources, instead) in _LIBRARIES.items()
            if self._is_built(_PACKAGE / name, sources, instead)
        ]
        if built and version != "editable":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["tag"], build_data["pure_python"] = f"py3-none-{platform}", False
            build_data["artifacts"].extend(str(library) for library in built)

    def _is_built(self, library: Path, sources: tuple[str, ...], instead: str) -> bool:
        target = Path(self.root) / library
        if self._compile([target.with_name(source) for source in sources], target):
            return True
        target.unlink(missing_ok=True)
        self.app.display_warning(f"No C compiler: {instead}.")
        return False

    def _compile(self, sources: list[Path], target: Path) -> bool:
        compiler = shlex.split(os.environ.get("CC", "cc"))
        if os.name != "posix" or not compiler or shutil.which(compiler[0]) is None:
            return False
        whole = target.with_suffix(".new.so")
        command = [*compiler, *_OPTIONS, "-o", str(whole), *map(str, sources)]
        if subprocess.run(command, check=False).returncode:  # noqa: S603  the person who builds names the compiler
            return False
        # A process that opens half a library dies.
        whole.replace(target)
        return True
