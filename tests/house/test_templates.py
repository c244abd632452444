"""Every template of the pages can be read, and extends or imports only what is there."""

import pytest

from lamplighter.web.page import TEMPLATES

NAMES = sorted(TEMPLATES.list_templates())


def test_there_are_templates() -> None:
    assert "base.html" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read(name: str) -> None:
    assert TEMPLATES.get_template(name).name == name
