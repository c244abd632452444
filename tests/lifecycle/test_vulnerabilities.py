"""Advisories are loaded, and whoever watches a live version hears of one that is about its packages."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import react
from tests.sdk import models

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.advisory import AdvisoriesLoaded
from lamplighter.domain.incident import State
from lamplighter.domain.monitor import Severity
from lamplighter.domain.version import Lock, Version
from lamplighter.domain.vulnerability import AdvisoryLoad, Span, Weight
from lamplighter.lifecycle import advisories, findings, osv
from lamplighter.lifecycle.vulnerabilities import Exposures

YAML = """
id: PYSEC-2023-227
modified: 2023-11-03T10:29:41.505456Z
aliases:
- CVE-2023-44271
details: |
  An issue was discovered in Pillow before 10.0.0.
  It is a denial of service.
affected:
- package: {ecosystem: PyPI, name: Pillow}
  ranges:
  - type: GIT
    events:
    - introduced: "0"
    - fixed: 1fe1bb49c452b0318cad12ea9d97c3bef188e9a7
  - type: ECOSYSTEM
    events:
    - introduced: "0"
    - fixed: 10.0.0
    - introduced: "11.0"
    - last_affected: "11.2"
    - introduced: "12.0"
  versions: ["1.0", "1.1"]
"""


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "GHSA-1",
        "modified": "2026-01-01T00:00:00Z",
        "summary": "It falls over.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "numpy"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3"}]}],
            }
        ],
        "database_specific": {"severity": "HIGH"},
        **changes,
    }


def zipped(folder: Path, *entries: dict[str, Any] | bytes) -> Path:
    file = folder / "all.zip"
    with zipfile.ZipFile(file, "w") as out:
        for place, one in enumerate(entries):
            out.writestr(f"{place}.json", one if isinstance(one, bytes) else json.dumps(one))
    return file


def test_a_folder_of_yaml_is_read_as_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "pillow").mkdir()
    (tmp_path / "pillow" / "PYSEC-2023-227.yaml").write_text(YAML)
    (tmp_path / "README.md").write_text("No advisory.")
    (found,), unread = osv.read(tmp_path)
    assert (found.id, found.package, found.aliases, unread) == ("PYSEC-2023-227", "pillow", ("CVE-2023-44271",), 0)
    assert found.spans == (Span(fixed="10.0.0"), Span(introduced="11.0", last="11.2"), Span(introduced="12.0"))
    assert (found.versions, found.modified, found.weight) == (("1.0", "1.1"), 1699007381505456, Weight.UNSTATED)
    assert found.summary == "An issue was discovered in Pillow before 10.0.0."


def test_what_is_withdrawn_or_of_another_ecosystem_is_left_out_and_what_is_broken_is_counted(tmp_path: Path) -> None:
    elsewhere = entry(id="GHSA-3", affected=[{"package": {"ecosystem": "npm", "name": "numpy"}}])
    withdrawn = entry(id="GHSA-2", withdrawn="2026-01-02T00:00:00Z")
    medium = entry(id="GHSA-4", database_specific={"severity": "medium"})
    file = zipped(tmp_path, entry(), withdrawn, elsewhere, medium, b"{", b"[]", b'{"id": 7}', b" " * (5 << 20))
    found, unread = osv.read(file)
    assert [(one.id, one.weight) for one in found] == [("GHSA-1", Weight.HIGH), ("GHSA-4", Weight.MODERATE)]
    assert unread == 4


@pytest.mark.parametrize(
    ("content", "kind"), [(None, NotFound), (b"", Invalid), (b"PK\x03\x04 cut", Invalid), (b"{}", Invalid)]
)
def test_what_is_no_advisory_changes_nothing(life: Life, tmp_path: Path, content: bytes | None, kind: type[Exception]) -> None:
    _load(life, tmp_path, entry())
    file = tmp_path / "other.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(kind):
        advisories.load(life.kit, life.actor("dana"), file)
    with life.kit.store.reading() as look:
        assert [one.id for one in look.advisories.all()] == ["GHSA-1"]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def _load(life: Life, folder: Path, *entries: dict[str, Any]) -> AdvisoryLoad:
    return advisories.load(life.kit, life.actor("dana"), zipped(folder, *entries))


def _live(life: Life, **packages: str) -> Version:
    """A version that is said to be served by Python with these packages; no process of it is started."""
    project = models.project("trains")
    found = life.version(project)
    manifest = msgspec.structs.replace(found.manifest, runtime="python", lock=Lock(python="3.11", packages=packages))
    version = life["dana"].register("trains", manifest, [])
    life.appoint(version)
    return version


def _told(life: Life) -> list[tuple[State, str]]:
    findings.settle(life.kit, Exposures(life.kit).looks())
    react(life)
    with life.kit.store.reading() as look:
        found = look.incidents.all()
    assert all(one.finding.severity is Severity.NOTICE for one in found)
    return [(one.state, one.finding.sentence) for one in found]


def test_who_watches_hears_of_a_package_that_is_loaded_until_it_is_mended(life: Life, tmp_path: Path) -> None:
    version = _live(life, NumPy="2.4", pandas="3.0")
    assert life["dana"].version(version.name).exposure is None
    assert life["dana"].vulnerabilities().load is None
    assert _told(life) == []

    light = entry(id="GHSA-9", database_specific={"severity": "LOW"})
    _load(life, tmp_path, light)
    assert _told(life) == []
    found = life["dana"].version(version.name).exposure
    assert found is not None
    assert [(one.package, one.version) for one in found.found] == [("numpy", "2.4")]

    loaded = _load(life, tmp_path, light, entry())
    assert life.events(AdvisoriesLoaded)[-1].advisories == loaded.advisories == 2
    sentence = "numpy 2.4 has GHSA-1 (high, mended in 3). v2 loads it where it answers."
    assert _told(life) == _told(life) == [(State.OPEN, sentence)]
    (live,) = life["dana"].vulnerabilities().live
    assert (live.model, live.number, live.environment, live.loads) == ("trains", 2, "prod", True)

    _load(life, tmp_path, light)
    assert _told(life) == [(State.MITIGATED, sentence)]


def test_a_compiled_version_loads_no_package_and_tells_nobody(life: Life, tmp_path: Path) -> None:
    version = life.version(models.project("trains"))
    life.appoint(version)
    packages = list(version.manifest.lock.packages)
    assert packages
    about = {"package": {"ecosystem": "PyPI", "name": packages[0]}, "ranges": [{"events": [{"introduced": "0"}]}]}
    _load(life, tmp_path, entry(affected=[about]))
    assert _told(life) == []
    (live,) = life["dana"].vulnerabilities().live
    assert not live.loads
