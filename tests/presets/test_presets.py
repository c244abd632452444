"""Presets against what NannyML 0.13.1 and Evidently 0.7.23 said of the same rows, see `bench/monitoring/presets.py`."""

from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]
from tests.presets.tables import CONTRACT, LARGE, SMALL

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.measures import drift_measure
from lamplighter.monitoring.chunks import chunk_values
from lamplighter.monitoring.counts import count
from lamplighter.monitoring.profile import reference_profile
from lamplighter.monitoring.smirnov import smirnov_p
from lamplighter.presets import preset
from lamplighter.presets.base import Verdict

CHUNKED = ("jensen_shannon", "hellinger", "l_infinity", "kolmogorov_smirnov")

#: Value, limit and alert of NannyML on the large reference, by method and column.
NANNYML: dict[str, dict[str, tuple[float, float, bool]]] = {
    "jensen_shannon": {
        "delay": (0.0876157615772683, 0.1322325481555991, False),
        "stops": (0.05397134139591551, 0.15662689210252262, False),
        "origin": (0.10026046724276322, 0.08841974596400723, True),
        "night": (0.0055262685565621835, 0.09056201671316672, False),
    },
    "hellinger": {
        "delay": (0.0749115727233696, 0.12088802835153681, False),
        "stops": (0.047743040499024676, 0.13720550640698106, False),
        "origin": (0.08353145936786856, 0.07378043010809981, True),
        "night": (0.004600947509966179, 0.07549856977868781, False),
    },
    "l_infinity": {
        "delay": (0.0876157615772683, 0.1322325481555991, False),
        "stops": (0.05397134139591551, 0.15662689210252262, False),
        "origin": (0.11083333333333328, 0.06559866664032812, True),
        "night": (0.005166666666666653, 0.0793150437952681, False),
    },
    "kolmogorov_smirnov": {
        "delay": (0.06416666666666666, 0.09846665490057507, False),
        "stops": (0.022166666666666668, 0.0846016826582772, False),
        "origin": (0.10026046724276322, 0.08841974596400723, True),
        "night": (0.0055262685565621835, 0.09056201671316672, False),
    },
    "chi_square": {
        "delay": (0.0876157615772683, 0.1322325481555991, False),
        "stops": (0.05397134139591551, 0.15662689210252262, False),
        "origin": (float(stats.chi2.sf(47.75059195655194, 3)), 0.05, True),
        "night": (float(stats.chi2.sf(0.11438872394584071, 1)), 0.05, False),
    },
}

#: Figure and value of Evidently, and whether it is drift.
EVIDENTLY: dict[str, dict[str, tuple[str, float, bool]]] = {
    "large": {
        "delay": ("wasserstein", 0.13109876173548185, True),
        "stops": ("wasserstein", 0.040460873399167395, False),
        "origin": ("jensenshannon", 0.08347231431978755, False),
        "night": ("jensenshannon", 0.004600920369261641, False),
        "": ("share_of_drifted_columns", 0.25, False),
    },
    "small": {
        "delay": ("ks_p", 0.00031648846896685485, True),
        "stops": ("ks_p", 0.9880616476469146, False),
        "origin": ("chisquare_p", 2.4329355471592088e-20, True),
        "night": ("z_p", 0.32334322472804766, False),
        "": ("share_of_drifted_columns", 0.5, True),
    },
}


def verdicts(name: str, method: str, reference: dict[str, list[Any]], window: dict[str, list[Any]]) -> dict[str, Verdict]:
    """What a preset says, by column, with the chunks frozen as at the registration."""
    profile = reference_profile(CONTRACT, reference)
    scores = [0.0] * len(reference["delay"])
    chunks = chunk_values(profile, reference, scores, [drift_measure(measure) for measure in CHUNKED])
    found = preset(name, method).verdicts(msgspec.structs.replace(profile, chunks=chunks), count(profile, window))
    return {verdict.column: verdict for verdict in found}


@pytest.mark.parametrize("method", NANNYML)
def test_nannyml(method: str) -> None:
    found = verdicts("nannyml", method, *LARGE)
    assert found.keys() == NANNYML[method].keys()
    for column, (value, limit, alert) in NANNYML[method].items():
        error = 2e-3 if found[column].figure == "kolmogorov_smirnov" else 1e-9
        assert (found[column].value, found[column].limit) == pytest.approx((value, limit), abs=error)
        assert found[column].drifted is alert


@pytest.mark.parametrize("new", [(9,), (4, 3), (40, 30, 20), (1,) * 150])
def test_texts_that_the_reference_lacks_are_one_category_of_nannyml(new: tuple[int, ...]) -> None:
    reference, window = (dict(each) for each in LARGE)
    window = {name: values + values[: sum(new)] for name, values in window.items()}
    window["origin"] = LARGE[1]["origin"] + [f"new-{place}" for place, count in enumerate(new) for _ in range(count)]
    names = sorted({*reference["origin"], *window["origin"]})
    table = np.array([[values["origin"].count(name) for name in names] for values in (reference, window)])
    statistic, _, freedom, _ = stats.chi2_contingency(table, correction=False)
    found = verdicts("nannyml", "chi_square", reference, window)["origin"]
    assert found.value == pytest.approx(float(stats.chi2.sf(statistic, freedom - len(new) + 1)), rel=1e-9)
    shares = table / table.sum(axis=1, keepdims=True)
    each = float(np.abs(shares[0] - shares[1]).max())
    largest = verdicts("nannyml", "l_infinity", reference, window)["origin"].value
    assert largest == pytest.approx(max(each, sum(new) / len(window["origin"])), abs=1e-12)


@pytest.mark.parametrize(("size", "tables"), [("large", LARGE), ("small", SMALL)])
def test_evidently(size: str, tables: tuple[dict[str, list[Any]], dict[str, list[Any]]]) -> None:
    found = verdicts("evidently", "jensen_shannon", *tables)
    assert found.keys() == EVIDENTLY[size].keys()
    for column, (figure, value, drifted) in EVIDENTLY[size].items():
        error = {"wasserstein": 2e-3, "ks_p": 5e-3}.get(figure, 1e-9)
        assert (found[column].figure, found[column].drifted) == (figure, drifted)
        assert found[column].value == pytest.approx(value, abs=error)


@pytest.mark.parametrize(("n", "m", "shift"), [(50, 70, 0.2), (900, 3000, 0.05), (800, 20_000, 0.02)])
def test_the_probability_of_smirnov_is_that_of_scipy(n: int, m: int, shift: float) -> None:
    random = stats.norm.rvs(size=n + m, random_state=1)
    found = stats.ks_2samp(random[:n], random[n:] + shift)
    error = 2e-3 if m > 10_000 else 1e-10
    assert smirnov_p(float(found.statistic), n, m) == pytest.approx(float(found.pvalue), abs=error)


def test_a_preset_that_nobody_knows_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound) as refusal:
        preset("evidntly", "jensen_shannon")
    assert refusal.value.fix == "Did you mean evidently?"
    assert refusal.value.why == "Known: evidently, lamplighter, nannyml."


@pytest.mark.parametrize(("name", "method"), [("evidently", "psi"), ("nannyml", "psi")])
def test_a_measure_that_would_have_no_effect_is_refused(name: str, method: str) -> None:
    with pytest.raises(Invalid) as refusal:
        preset(name, method)
    assert refusal.value.code == "E1226"
