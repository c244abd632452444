"""Wheels made from what is installed, so that environments can be made without any index."""

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes], tag: str = "py3-none-any") -> str:
    """Write a wheel; gives its SHA-256."""
    rows = io.StringIO()
    place = f"{name}-{version}.dist-info"
    own = {
        f"{place}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{place}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    files = {**own, **files}
    for path, content in files.items():
        hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        csv.writer(rows).writerow((path, f"sha256={hashed}", len(content)))
    rows.write(f"{place}/RECORD,,\n")
    file = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in {**files, f"{place}/RECORD": rows.getvalue().encode()}.items():
            archive.writestr(path, content)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def again(folder: Path, found: metadata.Distribution, *, requires: bool = False) -> None:
    """The wheel of a distribution as it is installed, without its tests, and with or without what it requires."""
    kept = [file for file in found.files or () if not {"..", "tests"} & set(file.parts) and file.suffix != ".pyc"]
    files = {str(file): Path(str(file.locate())).read_bytes() for file in kept if ".dist-info" not in str(file)}
    name, tag = found.metadata["Name"].replace("-", "_"), "py3-none-any"
    if requires:
        files[f"{name}-{found.version}.dist-info/METADATA"] = (found.read_text("METADATA") or "").encode()
    wheel(folder, name, found.version, files, tag)


def with_all_they_require(names: Iterable[str], site: Path) -> Iterable[metadata.Distribution]:
    """The distributions of these names in a folder of packages, and all that they require there."""
    known = {canonicalize_name(found.metadata["Name"]): found for found in metadata.distributions(path=[str(site)])}
    waiting, seen = [canonicalize_name(name) for name in names], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        yield known[name]
        wanted = map(Requirement, known[name].requires or ())
        waiting += [canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
