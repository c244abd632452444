"""Saving a project whose answer in an outage nobody would give."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory, live

from lamplighter.domain.environment import Level

PROJECT = """
[model]
name = "late-flights"

[outage]
answer = "{answer}"
{more}
"""


def warned(folder: Path, previous: dict[str, int], answer: str = "version", more: str = "") -> list[str]:
    """What is warned of where the model is live in these environments, each with the version before, 0 for none."""
    (folder / "lamp.toml").write_text(PROJECT.format(answer=answer, more=more))
    platform = Memory()
    platform.live = tuple(live(name, Level.PRODUCTION, 7, previous=number) for name, number in previous.items())
    done = told(platform, "--json", "apply", str(folder))
    assert done.code == 0, done.err
    warnings: list[str] = done.json["warnings"]
    return warnings


def test_where_no_version_was_live_before_it_is_said_with_the_way_forward(tmp_path: Path) -> None:
    (warning,) = warned(tmp_path, {"uat": 2, "prod": 0})
    assert warning.startswith("[outage] answers with the version before, and none was live in prod yet")
    assert 'Write answer = "constant"' in warning
    assert "anywhere" in warned(tmp_path, {})[0]


@pytest.mark.parametrize(("previous", "answer", "more"), [(2, "version", ""), (0, "version", "version = 2"), (0, "fail", "")])
def test_where_somebody_answers_nothing_is_said(tmp_path: Path, previous: int, answer: str, more: str) -> None:
    assert warned(tmp_path, {"prod": previous}, answer, more) == []
