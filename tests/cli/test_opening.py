"""`lamp open` hands an address to the browser that the person has."""

import os
from pathlib import Path

import pytest
from tests.cli.commands import lamp


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """What the browser was asked for. The browser is a program that writes it down."""
    browser, asked = tmp_path / "browser", tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" > {asked}\n')
    browser.chmod(0o700)
    os.environ |= {"BROWSER": str(browser), "LAMP_TOKEN": "x", "LAMP_URL": "https://lamp.example.com"}
    return asked


@pytest.mark.parametrize(
    ("words", "path"), [((), "/"), (("late-flights",), "/m/late-flights"), (("late-flights@7",), "/m/late-flights/v/7")]
)
def test_the_page_of(words: tuple[str, ...], path: str, asked: Path) -> None:
    outcome = lamp("open", *words)
    assert outcome == (0, f"Opened in the browser.\nhttps://lamp.example.com{path}\n", "")
    assert asked.read_text() == f"https://lamp.example.com{path}\n"


def test_without_a_browser_the_address_is_told(asked: Path) -> None:
    outcome = lamp("open", BROWSER="/nowhere/browser", PATH="/nowhere")
    assert outcome.out == "No browser could be started here.\nhttps://lamp.example.com/\n"
    assert not asked.exists()


def test_without_a_screen_the_terminal_is_not_taken_over(asked: Path) -> None:
    (asked.parent / "browser").rename(asked.parent / "w3m")
    outcome = lamp("open", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="", PATH=str(asked.parent))
    assert outcome.out == "No browser could be started here.\nhttps://lamp.example.com/\n"
    assert not asked.exists()
