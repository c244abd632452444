"""The bill of materials of a version, made from the record alone: CycloneDX 1.6 in JSON, https://cyclonedx.org/docs/1.6/json.

The same version and the same facts give the same bytes: it is dated by the newest of the facts, and its serial number follows
from what it says.
"""

import json
import uuid
from typing import TYPE_CHECKING

from lamplighter import __version__
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.record import canonical
from lamplighter.domain.version import Version
from lamplighter.views.bom import model, packages
from lamplighter.views.bom.element import Element, element, named

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: What serial numbers are derived in; another number would give every bill another one.
_SERIALS = uuid.UUID("7d1f6d0a-6a63-5d0e-9c0c-6d1a1b0f2f6e")


def bom(look: "Transaction", version: Version, address: str) -> bytes:
    """Everything that a version is made of; `address` is where people open the platform, without a slash at its end."""
    evidence, known = look.evidence.newest(version.digest), look.exposure(version)
    reference = model.reference(version)
    libraries = packages.components(version)
    dated = max([version.created_at, *(one.at for one in evidence.values()), *([known.newest] if known else [])])
    told = element(
        metadata=element(
            timestamp=rfc3339(dated),
            tools={"components": [{"type": "application", "name": "lamplighter", "version": __version__}]},
            component=model.component(look.project(version.model), version, evidence, address),
            properties=named({"lamplighter:advisories:newest": rfc3339(known.newest) if known else "none are loaded"}),
        ),
        components=libraries,
        dependencies=[element(ref=reference, dependsOn=[one["bom-ref"] for one in libraries])],
        vulnerabilities=packages.vulnerabilities(version, known) if known else [],
    )
    return _written(told)


def _written(told: Element) -> bytes:
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(_SERIALS, canonical(told).decode()).urn,
        "version": 1,
    }
    return json.dumps({**head, **told}, indent=2, ensure_ascii=False).encode() + b"\n"
