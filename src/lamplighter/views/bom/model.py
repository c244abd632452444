"""The model itself: what is served under which digest, the files of it, and where more of it is told."""

from collections.abc import Mapping

from lamplighter.domain.evidence import Evidence
from lamplighter.domain.project import Project
from lamplighter.domain.signing import ROLE as SIGNATURE
from lamplighter.domain.version import COMPILED, Artifact, Version
from lamplighter.views.bom import model_card
from lamplighter.views.bom.element import Element, element, named, sha256

#: Files that the process opens that answers, by its runtime; another process is sent what the model is made of as one file.
_COMPILED, _OTHERS = ("plan", "model"), ("model",)


def reference(version: Version) -> str:
    """The package URL, which names the digest."""
    return f"pkg:generic/{version.model}@{version.number}?checksum=sha256:{version.digest}"


def component(project: Project, version: Version, evidence: Mapping[str, Evidence], address: str) -> Element:
    """The component of the model; its hash is that of the manifest, which names the digest of every file."""
    licence = version.manifest.provenance.licence
    return element(
        type="machine-learning-model",
        bom_ref=reference(version),
        name=version.model,
        version=str(version.number),
        description=project.model.summary,
        hashes=[sha256(version.digest)],
        licenses=[{"expression": licence}] if licence else [],
        purl=reference(version),
        externalReferences=_elsewhere(version, address),
        components=[_file(version, one) for one in version.manifest.artifacts],
        modelCard=model_card.model_card(project, version, evidence),
        properties=named(_facts(version)),
    )


def _facts(version: Version) -> Mapping[str, str]:
    origin, rule, by = version.manifest.provenance, version.manifest.decision, version.manifest.calibrates
    return {
        "lamplighter:runtime": version.manifest.runtime,
        "lamplighter:badge": version.manifest.badge.value,
        "lamplighter:python": version.manifest.lock.python,
        "lamplighter:commit": origin.commit,
        "lamplighter:seed": "" if origin.seed is None else str(origin.seed),
        "lamplighter:threshold": f"{rule.threshold!r}",
        "lamplighter:calibration": f"log-odds times {by.slope!r} plus {by.intercept!r}" if by else "",
        "lamplighter:elsewhere": version.elsewhere.at if version.elsewhere else "",
    }


def _elsewhere(version: Version, address: str) -> list[Element]:
    page = f"{address}/m/{version.model}/v/{version.number}"
    signed = [one for one in version.manifest.artifacts if one.role == SIGNATURE]
    return [
        {"type": "website", "url": page},
        {"type": "model-card", "url": f"{page}/card"},
        {
            "type": "distribution",
            "url": _bytes(address, version.digest),
            "comment": "manifest",
            "hashes": [sha256(version.digest)],
        },
        *(
            {
                "type": "digital-signature",
                "url": _bytes(address, one.digest),
                "comment": "DSSE envelope of the manifest",
                "hashes": [sha256(one.digest)],
            }
            for one in signed
        ),
    ]


def _file(version: Version, artifact: Artifact) -> Element:
    opened = _COMPILED if version.manifest.runtime == COMPILED else _OTHERS
    return element(
        type="file",
        bom_ref=f"{reference(version)}#{artifact.role}",
        name=artifact.name,
        scope="required" if artifact.role in opened else "excluded",
        hashes=[sha256(artifact.digest)],
        properties=named(
            {
                "lamplighter:role": artifact.role,
                "lamplighter:format": artifact.format,
                "lamplighter:badge": artifact.badge.value,
                "lamplighter:bytes": str(artifact.size),
            }
        ),
    )


def _bytes(address: str, digest: str) -> str:
    return f"{address}/api/v1/artifacts/{digest}"
