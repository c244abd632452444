"""Wheels made from what is installed, so that environments can be made without any index."""

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from importlib.util import cache_from_source, source_hash
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: Flags of a compiled module that is named after the hash of its source, and taken without looking at that.
_UNCHECKED = (1).to_bytes(4, "little")


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
    files |= {place: code for file in kept for place, code in _compiled(file)}
    name, tag = found.metadata["Name"].replace("-", "_"), "py3-none-any"
    if requires:
        files[f"{name}-{found.version}.dist-info/METADATA"] = (found.read_text("METADATA") or "").encode()
    wheel(folder, name, found.version, files, tag)


def _compiled(file: metadata.PackagePath) -> Iterator[tuple[str, bytes]]:
    """What Python has compiled of a module here, as it takes it elsewhere whatever the time of the file is (PEP 552): each
    environment would compile all that it imports, which takes longer than what it is made for."""
    source = Path(str(file.locate()))
    cached = Path(cache_from_source(str(source))) if source.suffix == ".py" else None
    if cached is not None and cached.exists():
        known = cached.read_bytes()
        yield cache_from_source(str(file)), known[:4] + _UNCHECKED + source_hash(source.read_bytes()) + known[16:]


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
