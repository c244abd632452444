"""What `lamp adopt` registers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Elsewhere
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.release import registered


def adopted_page(session: Session, model: str, file: Path, at: str, options: Mapping[str, Any]) -> Page:
    """Register what the reference shows; raises `NotFound` where no project has the name, and `Invalid`."""
    project = session.platform.project(model)
    elsewhere = Elsewhere(at=at, back=options["back"], output=options["output"], place=options["place"])
    ready = adopted(project, _reference(file, options), elsewhere, options["note"])
    version = registered(session.platform, ready)
    contract, rows = version.manifest.contract, version.manifest.provenance.data_rows
    return Page(
        says=f"✓ {version.name} is registered; it runs elsewhere: {at}.",
        data={"version": version},
        facts=[
            ("contract", f"inputs: {len(contract.inputs)}; answers with {contract.output.name}"),
            ("reference", f"{rows:,} rows, {'with' if options['label'] else 'without'} what really happened"),
        ],
        next=[f"lamp deploy {version.name} --env prod", f"lamp predictions push {model} FILE"],
        url=session.address(f"/m/{model}/v/{version.number}"),
    )


def _reference(file: Path, options: Mapping[str, Any]) -> Reference:
    classes = tuple(options["classes"].split(","))
    if len(classes) != 2 or not all(classes) or classes[0] == classes[1]:
        raise Invalid(
            "Those are not two classes.",
            why="A probability is that of the second of two classes.",
            fix="Write --classes no,yes.",
            code="E1260",
        )
    return Reference(
        file=file,
        score=options["score"],
        label=options["label"],
        ignored=options["ignored"],
        nullable=options["nullable"],
        meaning=Meaning.NUMBER if options["number"] else Meaning.PROBABILITY,
        classes=classes,
        threshold=options["threshold"],
        held_out=options["held_out"],
    )
