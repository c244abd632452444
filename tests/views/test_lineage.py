"""What a change of data reaches: at once, through other models, by what lamp.toml says and by what live versions take."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web import seed

from lamplighter.domain.errors import NotFound
from lamplighter.domain.lineage import Lineage
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.lineage import lineage


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """Late flights live on the weather; the plan of the gates lives on late flights, and the crews on that plan."""
    home: Path = tmp_path_factory.mktemp("lineage")
    kit = seed.open_kit(home)
    seed.late_flights(kit)
    seed.healthy(kit, "price-001")
    with kit.store.transaction() as change:
        for name, source in (
            ("gate-plan", {"name": "late-flights", "owner": "@data-science"}),
            ("crew-plan", {"name": "gate-plan"}),
            ("rain", {"name": "weather", "columns": ["precip", "visib"]}),
            ("snow", {"name": "raw.weather", "columns": ["depth"]}),
        ):
            change.projects.put(seed.project(name, "Plans.", source=[source]))
    yield kit
    kit.close()


def asked(kit: Kit, what: str) -> Lineage:
    with kit.store.reading() as look:
        return lineage(look, what, policy=kit.policy, now=seed.NOW)


def test_a_table_reaches_its_models_and_those_behind_them_the_critical_and_live_ones_first(kit: Kit) -> None:
    found = asked(kit, "weather")
    assert [(one.model, one.through) for one in found.models] == [
        ("late-flights", ()),
        ("rain", ()),
        ("gate-plan", ("late-flights",)),
        ("crew-plan", ("late-flights", "gate-plan")),
    ]
    first = found.models[0]
    assert (first.critical, first.live, first.on_call, first.why) == (
        True, ("v2 in prod",), seed.IVO, "lamp.toml names weather as a source."
    )  # fmt: skip
    assert (found.owner, f"ops-dashboard ({seed.BEA}, declared)" in found.consumers) == ("@it-ops", True)
    assert found.sentence == "A change of weather reaches 4 models: 1 live, 1 critical, 3 applications behind them."


def test_a_column_reaches_those_that_say_so_that_take_it_or_that_leave_it_open(kit: Kit) -> None:
    assert {one.model: one.why for one in asked(kit, "weather.precip").models if not one.through} == {
        "late-flights": "It lives on weather, and a version takes an input precip.",
        "rain": "lamp.toml says that it uses precip of weather.",
    }
    assert asked(kit, "weather.precip").models[0].takes == ("v2",)
    # Rain says which columns it uses, and these are not among them.
    assert [one.model for one in asked(kit, "weather.wind_speed").models if not one.through] == ["late-flights"]
    only = asked(kit, "weather.depth").models
    assert {one.model: one.why for one in only if not one.through} == {
        "late-flights": "It lives on weather, and lamp.toml does not say which columns it uses."
    }


def test_a_column_alone_is_looked_for_in_every_source_and_in_what_versions_take(kit: Kit) -> None:
    found = asked(kit, "precip")
    assert {one.model for one in found.models if not one.through} == {"late-flights", "rain", "price-001"}
    assert (found.name, found.column, found.owner) == ("", "precip", "")


def test_a_model_upstream_reaches_whoever_takes_what_it_answers(kit: Kit) -> None:
    assert [one.model for one in asked(kit, "gate-plan").models] == ["crew-plan"]
    assert asked(kit, "crew-plan").sentence == "No model is known to live on crew-plan."


def test_a_table_may_hold_a_dot_in_its_name(kit: Kit) -> None:
    assert [(one.name, one.column) for one in (asked(kit, what) for what in ("raw.weather", "raw.weather.depth"))] == [
        ("raw.weather", ""),
        ("raw.weather", "depth"),
    ]


@pytest.mark.parametrize(("what", "known"), [("wether", "weather"), ("weather.precipitation", "precip"), ("", "weather")])
def test_what_nothing_knows_is_refused_with_what_is_known(kit: Kit, what: str, known: str) -> None:
    with pytest.raises(NotFound) as refused:
        asked(kit, what)
    assert known in refused.value.why


def test_models_that_feed_each_other_end(kit: Kit) -> None:
    with kit.store.transaction() as change:
        change.projects.put(seed.project("hen", "Lays.", source=[{"name": "egg"}]))
        change.projects.put(seed.project("egg", "Hatches.", source=[{"name": "hen"}]))
    assert [one.model for one in asked(kit, "hen").models] == ["egg"]
