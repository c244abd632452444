"""The directory that MLflow saves a model in, read without MLflow."""

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lamplighter.domain.errors import Invalid
from lamplighter.packaging.sources.base import unsupported
from lamplighter.serving.worker import archive

#: The file that makes a folder a model of MLflow.
NAME = "MLmodel"
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Directory:
    """A model of MLflow on disk."""

    folder: Path
    #: What each library needs to open it, by the library's name.
    flavors: Mapping[str, Mapping[str, Any]]
    #: Names of the columns in order, each with whether it may be empty; nothing if the directory names none.
    inputs: Mapping[str, bool]
    #: The signature as it stands there; empty if there is none.
    signature: Mapping[str, Any]
    #: Release of MLflow that wrote it; empty if it does not say.
    mlflow: str

    def file(self, flavor: str, key: str) -> Path:
        """The file that a flavour names; raises `Invalid` unless it is one of the directory."""
        name = self.flavors[flavor].get(key)
        try:
            archive.check_names([name if isinstance(name, str) else ""])
        except ValueError:
            raise _unreadable(f"its flavour {flavor} names no file of the directory as {key}") from None
        file = self.folder / str(name)
        if not file.is_file() or not file.resolve().is_relative_to(self.folder.resolve()):
            raise _unreadable(f"the file that its flavour {flavor} names as {key} is not there")
        return file

    def archived(self, more: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
        """Every file, and more by name, as one archive; raises `Invalid` for what an archive does not take."""
        try:
            return archive.pack({**self._files(), **more})
        except ValueError as error:
            raise unsupported(
                "This MLflow model cannot be stored.", f"In short: {error}.", "Save it again with plain names and fewer files."
            ) from None

    def _files(self) -> dict[str, bytes]:
        """The bytes of every file, by name; raises `Invalid` for a link, a device, or more than an archive takes."""
        found: dict[str, bytes] = {}
        size = 0
        for file in _walk(self.folder):
            size += file.stat().st_size
            if len(found) >= archive.MOST_FILES or size > archive.MOST_BYTES:
                raise _unreadable("it holds more files or bytes than a version may")
            found[file.relative_to(self.folder).as_posix()] = file.read_bytes()
        return found


def read(folder: Path) -> Directory:
    """What the `MLmodel` of a folder says; raises `Invalid`."""
    file = folder / NAME
    if file.is_symlink() or file.stat().st_size > _LARGEST:
        raise _unreadable(f"{NAME} is a link or larger than 1 MB")
    yaml = _yaml()
    try:
        told = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise _unreadable(f"{NAME} is no YAML of plain values") from None
    flavors = told.get("flavors") if isinstance(told, dict) else None
    if not isinstance(flavors, dict) or not all(isinstance(flavor, dict) for flavor in flavors.values()):
        raise _unreadable(f"{NAME} has no flavors")
    signature = told.get("signature")
    signature = signature if isinstance(signature, dict) else {}
    return Directory(
        folder=folder,
        flavors=flavors,
        inputs=_inputs(signature),
        signature=signature,
        mlflow=str(told.get("mlflow_version") or ""),
    )


def _inputs(signature: Mapping[str, Any]) -> dict[str, bool]:
    """The named columns of a signature, which is JSON in a YAML string."""
    text = signature.get("inputs")
    try:
        columns = json.loads(text) if isinstance(text, str) else []
    except (ValueError, RecursionError):
        raise _unreadable("its signature is no JSON") from None
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        raise _unreadable("its signature is no list of columns")
    if not all(isinstance(column.get("name"), str) for column in columns):
        return {}
    return {column["name"]: column.get("required") is False for column in columns}


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        paths = [Path(place) / name for name in files]
        if any((Path(place) / name).is_symlink() for name in folders) or not all(map(_is_plain, paths)):
            raise _unreadable("it holds a link or a device")
        found += paths
    return found


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _yaml() -> Any:
    try:
        return importlib.import_module("yaml")
    except ImportError:
        raise _unreadable("the package PyYAML is not here", "Install the extra lamplighter[ml].") from None


def _unreadable(why: str, fix: str = "Save the model again with MLflow, and hand over the directory it made.") -> Invalid:
    return unsupported("This MLflow model cannot be read.", f"In short: {why}.", fix)
