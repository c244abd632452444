"""The colours of the style sheet, held against WCAG 2.2 and against colour blindness."""

import re
from itertools import combinations
from math import dist

import numpy as np
import pytest

from lamplighter.web.assets import assets

SHEET = assets()["lamp.css"].content.decode()
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
THEMES = {
    "light": {name: light for name, light, _ in TOKEN.findall(SHEET)},
    "dark": {name: dark for name, _, dark in TOKEN.findall(SHEET)},
}
#: Front, back and the ratio that is needed.
PAIRS = (
    ("text", "bg", 4.5),
    ("text", "surface", 4.5),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("accent", "bg", 4.5),
    ("accent", "surface", 4.5),
    ("on-accent", "accent", 4.5),
    ("control", "surface", 3.0),
    ("control", "bg", 3.0),
    ("on-healthy", "healthy", 4.5),
    ("on-watch", "watch", 4.5),
    ("on-failing", "failing", 4.5),
    ("unknown", "bg", 3.0),
)
#: Machado, Oliveira, Fernandes, IEEE TVCG 15 (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    """CIELAB under D65, as the eye with this vision has it."""
    seen = np.clip(np.asarray(VISION[vision]) @ linear(colour), 0, 1)
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    ratio = xyz @ seen / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def test_the_sheet_has_both_themes() -> None:
    assert len(THEMES["light"]) == len(THEMES["dark"]) >= 15


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "needed"), PAIRS)
def test_contrast(theme: str, front: str, back: str, needed: float) -> None:
    assert contrast(THEMES[theme][front], THEMES[theme][back]) >= needed


@pytest.mark.parametrize(("theme", "least"), [("light", 20.0), ("dark", 24.0)])
def test_fills_of_status_stay_apart_for_every_eye(theme: str, least: float) -> None:
    fills = [THEMES[theme][name] for name in ("healthy", "watch", "failing", "unknown")]
    apart = [dist(lab(a, vision), lab(b, vision)) for vision in VISION for a, b in combinations(fills, 2)]
    assert min(apart) >= least


@pytest.mark.parametrize("theme", THEMES)
def test_lines_of_plots_stand_out(theme: str) -> None:
    series = re.findall(r"--series-\d: (#[0-9a-f]{6})", SHEET)
    assert len(series) == 4
    assert min(contrast(colour, THEMES[theme]["bg"]) for colour in series) >= 2.9
