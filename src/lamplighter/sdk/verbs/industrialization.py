"""Versions, their files and their evidence."""

from collections.abc import Sequence
from typing import Protocol

from lamplighter.domain.card import Card
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Permission
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.version_comparison import VersionComparison
from lamplighter.sdk.answers import CandidateFiles, Facts
from lamplighter.sdk.card import CardForm
from lamplighter.sdk.door import door
from lamplighter.views.version import VersionView


class Industrialization(Protocol):
    """Versions, their files and their evidence."""

    @door("POST", "/artifacts/missing", Permission.REGISTER)
    def missing_artifacts(self, digests: Sequence[str]) -> list[str]:
        """Which of these artifacts the platform does not have."""
        ...

    @door("PUT", "/artifacts/{digest}", Permission.REGISTER)
    def put_artifact(self, digest: str, content: bytes) -> str:
        """Store the bytes of an artifact under their digest."""
        ...

    @door("GET", "/artifacts/{digest}", Permission.READ)
    def artifact(self, digest: str) -> bytes:
        """The bytes of an artifact."""
        ...

    @door("GET", "/candidates/{name}/{number}", Permission.READ)
    def candidate(self, name: str, number: int) -> CandidateFiles:
        """A version in the registry of MLflow with the digests of its files; it is not served before it is packed."""
        ...

    @door("GET", "/candidates/{name}/{number}/files/{digest}", Permission.READ)
    def candidate_file(self, name: str, number: int, digest: str) -> bytes:
        """The bytes of one of its files."""
        ...

    @door("POST", "/models/{model}/versions", Permission.REGISTER)
    def register(self, model: str, manifest: Manifest, evidence: Sequence[Facts] = (), note: str = "") -> Version:
        """Register a version whose artifacts are there; the same manifest again gives the same version."""
        ...

    @door("GET", "/models/{model}/versions", Permission.READ)
    def versions(self, model: str) -> list[Version]:
        """Every version of a model, oldest first."""
        ...

    @door("GET", "/versions/{reference}", Permission.READ)
    def version(self, reference: str, environment: str = "") -> VersionView:
        """What is inside a version, its evidence and decisions; `@live` and `@prev` are of the environment."""
        ...

    @door("GET", "/models/{model}/comparison", Permission.READ)
    def compare(self, model: str, versions: str = "", environment: str = "") -> VersionComparison:
        """Versions side by side, against the live one of an environment, the most protected one unless it is named.

        `versions` are numbers or references with commas between them, by default the newest ones, and 6 at most with the live
        one. Where nothing is live, the others are held against the first of them. Figures are of the rows that they share;
        versions that were evaluated on other rows are told apart from them.
        """
        ...

    @door("GET", "/versions/{reference}/card", Permission.READ)
    def card(self, reference: str, environment: str = "") -> Card:
        """The model file of a version: everything on record of it; `@live` and `@prev` are of the environment."""
        ...

    @door("GET", "/versions/{reference}/card/{form}", Permission.READ)
    def card_file(self, reference: str, form: CardForm, environment: str = "") -> bytes:
        """The same as a document that the platform has signed: `html`, `md`, or `hf` for the Hugging Face Hub."""
        ...

    @door("GET", "/versions/{reference}/bom", Permission.READ)
    def bom(self, reference: str, environment: str = "") -> bytes:
        """The bill of materials of a version: files, packages, data, figures and vulnerabilities, as CycloneDX 1.6 in JSON.

        The same version and the same facts give the same bytes.
        """
        ...

    @door("POST", "/versions/{reference}/evidence", Permission.REGISTER)
    def add_evidence(self, reference: str, evidence: Facts) -> Evidence:
        """Bring facts about a version; they void acceptances that did not see them."""
        ...
