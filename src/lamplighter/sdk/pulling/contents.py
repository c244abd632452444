"""What lies beside the files of a version in a folder: its packages, the code that serves it, and what checks it."""

from collections.abc import Iterator
from pathlib import Path

import lamplighter
from lamplighter.domain.version import Lock, Manifest
from lamplighter.packaging.lock import lock

#: Folders of our package that a version is served with; they need no other.
_SERVING = ("domain", "serving")
#: What they import beside the standard library.
_NEEDED = ("msgspec", "numpy", "onnxruntime")
_CODE = frozenset({".py", ".so", ".pyd", ".dylib"})


def beside(manifest: Manifest, name: str, verify: bytes) -> dict[str, bytes]:
    """The bytes of each by its path in the folder."""
    wanted = _lock(manifest)
    lines = "".join(f"{package}=={version}{_hashes(wanted, package)}\n" for package, version in sorted(wanted.packages.items()))
    return {
        "requirements.txt": f"# Python {wanted.python}\n{lines}".encode(),
        "README.md": _readme(manifest, name, wanted).encode(),
        "verify.py": verify,
        "code/lamplighter/__init__.py": f'__version__ = "{lamplighter.__version__}"\n'.encode(),
        **dict(_served_with()),
    }


def _served_with() -> Iterator[tuple[str, bytes]]:
    package = Path(lamplighter.__file__).parent
    for folder in _SERVING:
        for file in sorted((package / folder).rglob("*")):
            if file.suffix in _CODE and file.is_file():
                yield f"code/lamplighter/{file.relative_to(package).as_posix()}", file.read_bytes()


def _lock(manifest: Manifest) -> Lock:
    """The packages that the model was made with where they are loaded, and what the code that serves needs as it is here."""
    ours, own = lock((), _NEEDED), manifest.lock
    if not manifest.loads_packages:
        return ours
    return Lock(python=own.python or ours.python, packages={**ours.packages, **own.packages}, hashes=own.hashes)


def _hashes(wanted: Lock, package: str) -> str:
    return "".join(f" --hash=sha256:{value}" for value in wanted.hashes.get(package, ()))


def _readme(manifest: Manifest, name: str, wanted: Lock) -> str:
    parts = "".join(f"| {one.role} | {one.name} | {one.format} | {one.size:,} |\n" for one in manifest.artifacts)
    return f"""# {name}

The version sha256:{manifest.digest}, as a platform of lamplighter serves it.

| part | file | format | bytes |
|---|---|---|---|
{parts}
`manifest.json` is what its digest is of: contract, decision, packages, provenance. `code/` is what serves it.

Check it with Python {wanted.python}, without any platform:

    python -m venv environment
    environment/bin/pip install -r requirements.txt
    environment/bin/python verify.py --digest {manifest.digest}
"""
