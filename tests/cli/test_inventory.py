"""`lamp export inventory`: two files, three forms, columns of one's own, and refusals that say the way forward."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.web import seed

from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.inventory import COLUMNS


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit, models=1)
    yield kit
    kit.close()


@pytest.fixture
def platform(kit: Kit) -> Embedded:
    return Embedded(kit, PLATFORM)


def test_the_files_and_what_is_said_of_them(platform: Embedded, tmp_path: Path) -> None:
    done = told(platform, "export", "inventory", "--out", str(tmp_path / "papers"))
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].startswith("✓ 6 models and 57 columns are in")
    assert "Help, not advice" in " ".join(done.out.split())
    with (tmp_path / "papers" / "inventory.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["model"] for row in rows] == [
        "churn", "credit-limit", "late-flights", "parts-demand", "price-001", "returns-fraud",
    ]  # fmt: skip
    assert (tmp_path / "papers" / "inventory-columns.toml").read_text() == COLUMNS.read_text()


def test_columns_of_ones_own(platform: Embedded, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[[column]]\nname = "Name"\nvalue = "model"\n[[column]]\nname = "Committee"\n')
    words = ("export", "inventory", "--out", str(tmp_path), "--as", "json", "--columns", str(mine))
    assert told(platform, "--json", *words).json["data"]["columns"] == ["Name", "Committee"]
    models = json.loads((tmp_path / "inventory.json").read_text())["models"]
    assert models[0] == {"Name": "churn", "Committee": ""}
    assert (tmp_path / "inventory-columns.toml").read_text() == mine.read_text()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("inventory", "--as", "xlsx"), 3, "csv"),
        (("inventory", "--columns", "nothing.toml"), 3, "E1598"),
        (("inventry",), 3, "Did you mean inventory?"),
        (("grafana", "--as", "csv"), 2, "--as would do nothing here"),
    ],
)
def test_what_cannot_be_is_refused(platform: Embedded, tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    done = told(platform, "export", *words, "--out", str(tmp_path / "none"))
    assert (done.code, says in done.err) == (code, True), done.err
    assert not (tmp_path / "none").exists()


def test_the_list_is_narrowed_by_what_governance_lacks(platform: Embedded) -> None:
    assert told(platform, "list", "--lack", "owner").out.splitlines()[:2] == ["No model matches.", "Next: lamp list"]
    refused = told(platform, "list", "--lack", "ownr")
    assert "Did you mean owner" in refused.err
