"""`lamp bom`: the bill of materials of a version becomes a file, and how far its vulnerabilities are known is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.web import seed

from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.late_flights(kit)
    yield kit
    kit.close()


def test_it_becomes_a_file_by_the_name_of_the_version(kit: Kit, tmp_path: Path) -> None:
    words = ("-C", str(tmp_path), "bom", "late-flights@live")
    platform = Embedded(kit, PLATFORM)
    done = told(platform, *words)
    file = tmp_path / "late-flights-2.cdx.json"
    assert (done.code, "not known: advisories none are loaded" in done.out) == (0, True)
    first = file.read_bytes()
    # It is made anew as often as somebody likes.
    again = told(platform, "--json", *words).json["data"]
    assert file.read_bytes() == first == platform.bom("late-flights@2")
    assert again["serial"] == json.loads(first)["serialNumber"]
    assert told(platform, *words[:-1], "late-flights@99").code != 0
