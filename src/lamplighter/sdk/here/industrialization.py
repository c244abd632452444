"""Versions, their files and their evidence."""

from collections.abc import Sequence

import msgspec

from lamplighter import keys
from lamplighter.domain.card import Card
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.names import parse_reference
from lamplighter.domain.tracking.artifact_path import Place
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.version_comparison import VersionComparison
from lamplighter.lifecycle import industrialization
from lamplighter.lifecycle.tracking import candidates
from lamplighter.lifecycle.tracking import files as tracked
from lamplighter.sdk.answers import CandidateFiles, Facts
from lamplighter.sdk.card import CardForm, signed
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import industrialization as verbs
from lamplighter.views import bom as boms
from lamplighter.views import card as cards
from lamplighter.views import version as inside
from lamplighter.views import version_comparison as comparisons
from lamplighter.views.version import VersionView


class Industrialization(Caller, verbs.Industrialization):
    """Versions, their files and their evidence."""

    def missing_artifacts(self, digests: Sequence[str]) -> list[str]:
        return industrialization.missing_artifacts(self._kit, digests)

    def put_artifact(self, digest: str, content: bytes) -> str:
        return industrialization.put_artifact(self._kit, digest, content)

    def artifact(self, digest: str) -> bytes:
        return self._kit.artifacts.get(digest)

    def candidate(self, name: str, number: int) -> CandidateFiles:
        with self._kit.store.reading() as look:
            found = candidates.candidate(look, name, number)
            files = look.tracked_files.below(Place(root=found.root))
        return CandidateFiles(candidate=found, files={one.path: one.digest for one in files})

    def candidate_file(self, name: str, number: int, digest: str) -> bytes:
        with self._kit.store.reading() as look:
            found = candidates.candidate(look, name, number)
            files = look.tracked_files.below(Place(root=found.root))
        return tracked.whole(self._kit, files, digest)

    def register(self, model: str, manifest: Manifest, evidence: Sequence[Facts] = (), note: str = "") -> Version:
        brought = [(facts.kind, facts.facts) for facts in evidence]
        return industrialization.register(self._kit, self._actor, model, manifest, brought, note)

    def versions(self, model: str) -> list[Version]:
        with self._kit.store.reading() as look:
            look.project(model)
            return look.versions.all(model=model)

    def version(self, reference: str, environment: str = "") -> VersionView:
        with self._kit.store.reading() as look:
            parsed = parse_reference(reference)
            view = inside.version_view(look, parsed, environment or self._main(look, parsed.model))
        return msgspec.structs.replace(view, sealer=keys.own(self._kit.settings.signing_key))

    def compare(self, model: str, versions: str = "", environment: str = "") -> VersionComparison:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            place = environment or self._main(look, model)
            chosen = comparisons.chosen(look, model, [word.strip() for word in versions.split(",") if word.strip()], place)
            return comparisons.version_comparison(look, self._kit.artifacts.get, chosen, place)

    def card(self, reference: str, environment: str = "") -> Card:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            return cards.card(look, version, policy=self._kit.policy, now=self._kit.clock.now())

    def card_file(self, reference: str, form: CardForm, environment: str = "") -> bytes:
        return signed(self.card(reference, environment), form, self._kit.settings.signing_key)

    def bom(self, reference: str, environment: str = "") -> bytes:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            return boms.bom(look, version, self._kit.settings.opened_at)

    def add_evidence(self, reference: str, evidence: Facts) -> Evidence:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, "")
        return industrialization.add_evidence(self._kit, self._actor, version, evidence.kind, evidence.facts)
