"""The folder of one version becomes what can be registered, without any platform, and what is not known of it is told."""

import re
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain import origin
from lamplighter.domain.contract import Kind, Unknown
from lamplighter.domain.errors import Invalid
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.version import Artifact, Manifest, Provenance
from lamplighter.packaging.frames import Columns
from lamplighter.packaging.sources import example, mlmodel, signature
from lamplighter.sdk import brought
from lamplighter.sdk.build import Build
from lamplighter.sdk.release import Checked, checked

#: Rows below which a sample is no reference: what would be watched against it is chance.
LEAST_REFERENCE = 100
#: Rows of a table that are read as a sample at most.
_ROWS = 200_000
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.+!_-]+)")
#: Packages whose release says how a model is opened.
_OPENING = frozenset({"catboost", "lightgbm", "scikit-learn", "skops", "xgboost"})


class Order(Record, frozen=True):
    """What is to be packed."""

    #: Folder with an `MLmodel`.
    folder: str
    project: Project
    provenance: Provenance
    #: A table of its input; empty where the rows that it was saved with have to do.
    sample: str = ""
    label: str = ""
    classes: tuple[str, ...] = ()
    trust: bool = False
    note: str = ""


class Made(Record, frozen=True):
    """What came of it."""

    ready: Checked
    #: What is not known or could not be checked, in a few words each.
    unverified: tuple[str, ...]
    #: Release of MLflow that saved it, and its flavours.
    mlflow: str = ""
    flavors: tuple[str, ...] = ()


def made(order: Order) -> Made:
    """Pack it; raises `Invalid` for what cannot be a version, and whatever a library raises for a damaged file."""
    folder = Path(order.folder)
    if not (folder / mlmodel.NAME).is_file():
        raise _unfit("it has no MLmodel", "Log the model again with log_model, which writes one.")
    told = mlmodel.read(folder)
    rows, labels = _sample(order, told)
    build = Build(
        model=folder,
        sample=rows,
        labels=labels,
        classes=order.classes,
        provenance=order.provenance,
        note=order.note,
        trust=order.trust,
    )
    ready = checked(order.project, build)
    _check_categories(ready.manifest, rows)
    few = _count(rows) < LEAST_REFERENCE
    unverified = (*_unknown_rows(order, told, rows), *_unknown_packages(folder), *_unknown_answer(ready.manifest, told, order))
    return Made(
        ready=_honest(ready, order.provenance, few=few),
        unverified=unverified,
        mlflow=told.mlflow,
        flavors=tuple(sorted(map(str, told.flavors))),
    )


def _sample(order: Order, told: mlmodel.Directory) -> tuple[Columns, Sequence[Any] | None]:
    if not order.sample:
        found = example.example(told)
        if found is None:
            raise _unfit(
                "it was saved without an example of its input, so nothing shows what a row holds",
                'Give it rows in a file for --file: [model."..."] and sample = "rows.parquet"; or save it again with'
                " input_example.",
            )
        return found, None
    columns: Columns = {}
    for bite in brought.bites(Path(order.sample), _ROWS):
        columns = {name: list(values) for name, values in bite.items()}
        break
    if order.label and order.label not in columns:
        raise _unfit(f"the sample has no column {order.label}", "Name the column with what really happened, or none.")
    # CSV has texts only; where they are no numbers they are names of classes.
    labels = brought.values_of(Kind.NUMBER, columns.pop(order.label)) if order.label else None
    known = example.kinds(told)
    read = {name: brought.values_of(known[name], values) if name in known else values for name, values in columns.items()}
    # What no input is would be refused where the model knows no names.
    wanted = [name for name in told.inputs if name in read]
    return example.typed(told, {name: read[name] for name in wanted} if len(wanted) == len(told.inputs) > 0 else read), labels


def _count(rows: Columns) -> int:
    return len(next(iter(rows.values()), ()))


def _check_categories(manifest: Manifest, rows: Columns) -> None:
    """A few rows do not show every text that a model knows; one that refuses all others would refuse what it was trained on."""
    strict = [column.name for column in manifest.contract.inputs if column.unknown is Unknown.REFUSE]
    if strict and _count(rows) < LEAST_REFERENCE:
        raise _unfit(
            f"it refuses texts in {strict[0]} that it was not trained on, and {_count(rows)} rows do not show which it was",
            'Give it more rows in a file for --file: [model."..."] and sample = "rows.parquet".',
        )


def _unknown_rows(order: Order, told: mlmodel.Directory, rows: Columns) -> list[str]:
    count = _count(rows)
    found = [] if order.label else ["quality: no labelled rows"]
    found += [f"drift: no reference, {count} {'row' if count == 1 else 'rows'}"] if count < LEAST_REFERENCE else []
    found += ["training rows: not known"]
    found += [] if told.signature.get("inputs") else ["inputs: no signature"]
    return found


def _unknown_packages(folder: Path) -> list[str]:
    """Releases that it was saved with and that are not those that it was opened with here."""
    file = folder / "requirements.txt"
    pins = _PIN.findall(file.read_text(errors="replace")) if file.is_file() else []
    if not pins:
        return ["packages: none are pinned"]
    others = [(name, pin, _here(name)) for name, pin in pins if name.lower() in _OPENING]
    return [f"{name} {pin}: packed with {here}" for name, pin, here in others if here not in (pin, "")]


def _here(name: str) -> str:
    for one in (name, f"{name}-cpu"):
        try:
            return metadata.version(one)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _unknown_answer(manifest: Manifest, told: mlmodel.Directory, order: Order) -> list[str]:
    """A pickle does not say whether it is a classifier, and whole numbers may be its classes."""
    output = signature.whole_numbers(told.signature)
    if manifest.contract.output.classes or not output or order.classes:
        return []
    return ["answer: whole numbers, perhaps classes"]


def _honest(ready: Checked, provenance: Provenance, *, few: bool) -> Checked:
    """Without what would be said of the training: this process has only packed it, and its sample is no training data."""
    manifest = msgspec.structs.replace(
        ready.manifest,
        provenance=msgspec.structs.replace(ready.manifest.provenance, data_digest="", data_rows=0, commit=provenance.commit),
    )
    evidence = tuple(facts for facts in ready.evidence if facts.kind != origin.KIND)
    if not few:
        return msgspec.structs.replace(ready, manifest=manifest, evidence=evidence)
    kept: tuple[Artifact, ...] = tuple(one for one in manifest.artifacts if one.role != "profile")
    gone = {one.digest for one in manifest.artifacts} - {one.digest for one in kept}
    blobs: Mapping[str, bytes] = {digest: content for digest, content in ready.blobs.items() if digest not in gone}
    return msgspec.structs.replace(
        ready, manifest=msgspec.structs.replace(manifest, artifacts=kept), evidence=evidence, blobs=blobs
    )


def _unfit(why: str, fix: str) -> Invalid:
    return Invalid("This version cannot be brought in.", why=f"In short: {why}.", fix=fix, code="E1456")
