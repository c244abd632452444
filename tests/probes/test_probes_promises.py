"""What every probe promises: it looks at its own part and nothing else, and where it is red somebody is named to repair it."""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec
import pytest
from tests.domain import specimens
from tests.domain.specimens import ADA, IVO, MILO, PEOPLE, TEAMS

from lamplighter import probes
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.readiness import Light, Part, Readiness, Reading
from lamplighter.plugins import plugin
from lamplighter.probes.base import Ground, Probe

LOADED = specimens.evidence("load-check", passed=True, latency_ms=0.5, size_mb=1.25)
READY = Ground(
    project=specimens.project(),
    ownership=ownership_of(specimens.project(), PEOPLE, TEAMS, None),
    environment="prod",
    answers=True,
    answer_ms=1.4,
    port_free=True,
    operators=(IVO,),
    version=specimens.version(3),
    evidence={"load-check": LOADED},
    unfed=(),
)


def ground(**changes: Any) -> Ground:
    return msgspec.structs.replace(READY, **changes)


def project(old: str, new: str = "") -> Any:
    assert old in specimens.PROJECT
    return specimens.project(specimens.PROJECT.replace(old, new))


def probed(found: Ground) -> Readiness:
    return Readiness(readings=tuple(probe(part).probe(found) for part in Part))


def probe(part: Part) -> Probe:
    found: Probe = plugin("probes", part.value)
    return found


#: One break for each part, and who can repair it.
BREAKS: dict[Part, tuple[Callable[[], Ground], str]] = {
    Part.SOCKET: (lambda: ground(answers=False), IVO),
    Part.WIRING: (lambda: ground(project=project('owner = "ada@example.com"\n')), ADA),
    Part.LADDER: (
        lambda: ground(ownership=ownership_of(project('management = "ada@example.com"\n'), PEOPLE, TEAMS, None)), IVO,
    ),
    Part.BULB: (lambda: ground(evidence={}), MILO),
}  # fmt: skip


def test_every_part_has_its_probe() -> None:
    files = {module.name for module in pkgutil.iter_modules(probes.__path__)} - {"base"}
    assert files == {part.value for part in Part} == {part.value for part in BREAKS}
    for name in files:
        assert callable(import_module(f"lamplighter.probes.{name}").probe)


def test_where_all_is_well_every_light_is_green() -> None:
    assert probed(READY).readings == (
        Reading(part=Part.SOCKET, light=Light.GREEN, seen="prod answers in 1 ms."),
        Reading(part=Part.WIRING, light=Light.GREEN, seen="1 sources, each with an owner."),
        Reading(part=Part.LADDER, light=Light.GREEN, seen=f"{ADA} may deploy to prod."),
        Reading(part=Part.BULB, light=Light.GREEN, seen="v3 loads, 1.2 MB, 0.50 ms a row."),
    )


@pytest.mark.parametrize("broken", list(Part))
def test_what_is_broken_is_red_and_nothing_else(broken: Part) -> None:
    make, repairer = BREAKS[broken]
    readiness = probed(make())
    assert {part: readiness.light(part) for part in Part} == {
        part: Light.RED if part is broken else Light.GREEN for part in Part
    }
    found = next(reading for reading in readiness.readings if reading.part is broken)
    assert found.repairer == repairer
    assert found.seen.endswith(".")
    assert found.fix.endswith(".")


@pytest.mark.parametrize("part", list(Part))
def test_a_probe_is_pure_and_never_red_without_a_way_on(part: Part) -> None:
    nobody = ownership_of(project("[owners]", "[owners]"), {}, {}, None)
    bare = specimens.project('[model]\nname = "late-flights"\n')
    for answers in (True, False, None):
        for port_free in (True, False):
            found = ground(
                answers=answers, port_free=port_free, operators=(), ownership=nobody, project=bare, version=None, evidence={}
            )
            reading = probe(part).probe(found)
            assert reading == probe(part).probe(found)
            assert reading.part is part
            assert reading.light is Light.GREEN or reading.fix


WORDS: list[tuple[Part, Ground, Reading]] = [
    (
        Part.SOCKET, ground(answers=None, port_free=True),
        Reading(part=Part.SOCKET, light=Light.GREEN, seen="prod has nothing to serve yet; its port is free."),
    ),
    (
        Part.SOCKET, ground(answers=None, port_free=False),
        Reading(
            part=Part.SOCKET, light=Light.RED, seen="The port of prod is taken.", repairer=IVO,
            fix="Look into serving.log of prod; lamp doctor shows who holds the port.",
        ),
    ),
    (
        Part.SOCKET, ground(answers=False, operators=()),
        Reading(
            part=Part.SOCKET, light=Light.RED, seen="prod does not answer.",
            fix="Look into serving.log of prod; lamp doctor shows who holds the port.",
        ),
    ),
    (
        Part.WIRING, ground(project=project(specimens.PROJECT[specimens.PROJECT.index("[[source]]") :])),
        Reading(
            part=Part.WIRING, light=Light.RED, seen="No data source is declared.", repairer=ADA,
            fix="Add [[source]] to lamp.toml.",
        ),
    ),
    (
        Part.WIRING, ground(unfed=("a", "b", "c", "d")),
        Reading(
            part=Part.WIRING, light=Light.AMBER, seen="No source declares a, b, c.", repairer=ADA,
            fix="Name these columns in the source that brings them.",
        ),
    ),
    (
        Part.LADDER, ground(ownership=ownership_of(project('deputy = "milo@example.com"\n'), PEOPLE, TEAMS, None)),
        Reading(
            part=Part.LADDER, light=Light.AMBER, seen="design has no deputy.", repairer=IVO,
            fix="Name owners.deputy in lamp.toml.",
        ),
    ),
    (
        Part.BULB, ground(version=None),
        Reading(
            part=Part.BULB, light=Light.AMBER, seen="There is no version yet.", repairer=MILO,
            fix="Register a version with lamp deploy.",
        ),
    ),
    (
        Part.BULB, ground(evidence={"load-check": specimens.evidence("load-check", passed=False)}),
        Reading(
            part=Part.BULB, light=Light.RED, seen="v3 was not seen to load.", repairer=MILO,
            fix="Run lamp check to see why, then register it again.",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("part", "found", "reading"), WORDS, ids=[word[2].seen for word in WORDS])
def test_what_a_probe_says(part: Part, found: Ground, reading: Reading) -> None:
    assert probe(part).probe(found) == reading
