"""`lamp card`: what is on record is shown and exported, and `lamp audit verify` checks the file without any platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import here, told
from tests.web import seed

from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit, models=1)
    yield kit
    kit.close()


@pytest.fixture
def platform(kit: Kit) -> Embedded:
    return Embedded(kit, PLATFORM)


def test_it_is_shown(platform: Embedded) -> None:
    shown = told(platform, "card", "show", "late-flights@2")
    assert shown.out.splitlines()[:3] == [
        "late-flights@2: Warns gate desks an hour ahead of a late arrival.", "# late-flights@2", "",
    ]  # fmt: skip
    assert "## Who accepted it" in shown.out
    assert told(platform, "--json", "card", "show", "late-flights@live").json["data"]["card"]["number"] == 2


@pytest.mark.parametrize(("form", "name"), [("html", "x.html"), ("md", "x.md"), ("hf", "README.md")])
def test_what_is_exported_is_checked_anywhere(platform: Embedded, tmp_path: Path, form: str, name: str) -> None:
    file = tmp_path / name
    done = told(platform, "--json", "card", "export", "late-flights@2", "--as", form, "--out", str(file)).json
    key = done["data"]["key"]
    assert done["next"] == [f"lamp audit verify {file} --head {key}"]
    checked = here("audit", "verify", str(file), "--head", key, "--url", "http://127.0.0.1:1")
    assert (checked.code, "is what was signed, byte for byte." in " ".join(checked.out.split())) == (0, True)
    # Whoever has no platform is told to hold the key against what was written down.
    assert "hold it against the key that you wrote down" in " ".join(checked.out.split())
    other = here("audit", "verify", str(file), "--head", "ab" * 32)
    assert (other.code, "signed by another key" in " ".join(other.out.split())) == (8, True)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    broken = here("audit", "verify", str(file))
    assert broken.code == 8
    assert "at least one byte of it was changed" in " ".join(broken.out.split())


def test_what_was_exported_is_never_written_over(platform: Embedded, tmp_path: Path) -> None:
    words = ("-C", str(tmp_path), "card", "export", "late-flights")
    assert told(platform, *words).code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["late-flights-3.html"]
    again = told(platform, *words)
    assert (again.code, "E1502" in again.err) == (6, True)


def test_what_cannot_be_is_refused(platform: Embedded, tmp_path: Path) -> None:
    assert "Known: google, hf, html, md" in told(platform, "card", "export", "late-flights", "--as", "pdf").err
    assert told(platform, "card", "show", "late-flights@99").code == 3
    assert "Did you mean late-flights?" in told(platform, "card", "show", "late-flight").err
    empty = tmp_path / "empty"
    empty.touch()
    assert here("audit", "verify", str(empty)).code == 8
