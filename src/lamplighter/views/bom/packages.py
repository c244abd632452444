"""The packages that a version locks, and what is known to be wrong with them."""

from collections.abc import Mapping
from urllib.parse import quote

from lamplighter.domain.names import distribution_key
from lamplighter.domain.version import COMPILED, Version
from lamplighter.domain.vulnerability import Exposure, Vulnerability, Weight
from lamplighter.views.bom.element import Element, element, sha256

_SEVERITY: Mapping[Weight, str] = {
    Weight.LOW: "low",
    Weight.MODERATE: "medium",
    Weight.HIGH: "high",
    Weight.CRITICAL: "critical",
    Weight.UNSTATED: "unknown",
}
#: The advisories that are loaded are in the format of OSV, which says what each is called elsewhere.
_SOURCE = {"name": "OSV"}


def components(version: Version) -> list[Element]:
    """Every locked package; its hashes are those of the wheels that may be installed, where the lock names them."""
    lock = version.manifest.lock
    # Packages of a compiled version were there when it was made; none is where it answers.
    scope = "excluded" if _is_compiled(version) else "required"
    return [
        element(
            type="library",
            bom_ref=_reference(name, number),
            name=name,
            version=number,
            scope=scope,
            hashes=[sha256(digest) for digest in lock.hashes.get(name, ())],
            purl=_reference(name, number),
        )
        for name, number in sorted(lock.packages.items())
    ]


def vulnerabilities(version: Version, known: Exposure) -> list[Element]:
    """What is known of them, the heaviest first."""
    spelled = {distribution_key(name): name for name in version.manifest.lock.packages}
    return [_vulnerability(version, spelled[one.package], one) for one in known.found]


def _vulnerability(version: Version, package: str, one: Vulnerability) -> Element:
    return element(
        bom_ref=f"{one.advisory}:{one.package}",
        id=one.advisory,
        source=_SOURCE,
        references=[{"id": name, "source": _SOURCE} for name in one.aliases],
        ratings=[{"severity": _SEVERITY[one.weight], "method": "other"}],
        description=one.summary,
        recommendation=f"Train and register it with {one.package} {one.mended} or later." if one.mended else "",
        analysis=_absent() if _is_compiled(version) else {},
        affects=[{"ref": _reference(package, one.version), "versions": [{"version": one.version, "status": "affected"}]}],
    )


def _is_compiled(version: Version) -> bool:
    """Whether none of its packages is there where it answers. Of what runs elsewhere nobody here knows that."""
    return version.manifest.runtime == COMPILED


def _absent() -> Element:
    return {
        "state": "not_affected",
        "justification": "code_not_present",
        "detail": "The version is compiled: none of its packages is loaded where it answers.",
    }


def _reference(name: str, version: str) -> str:
    """The package URL of a distribution of Python."""
    return f"pkg:pypi/{name.lower().replace('_', '-')}@{quote(version, safe='.-_~')}"
