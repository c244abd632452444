"""Versions side by side: what they say of the rows that they share, in figures, and what else tells them apart."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lamplighter.domain.contract import differences
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.evaluation import KIND, Evaluation, evaluation_in
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.names import Reference, parse_reference
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version
from lamplighter.domain.version_comparison import Apart, Line, Portrait, VersionComparison, check_count
from lamplighter.monitoring.evaluated import Evaluated, evaluated_from
from lamplighter.views import figures_abreast
from lamplighter.views.card.figures import figures_of
from lamplighter.views.figures_abreast import Scored
from lamplighter.views.version import resolve

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Reads the bytes of an artifact; raises `Invalid` and `NotFound` for what is damaged or gone.
Read = Callable[[str], bytes]
#: Versions that are looked at where none is named, beside the live one.
_NEWEST = 3


class _Known(Record, frozen=True):
    """One version with what was brought of it."""

    version: Version
    evidence: Mapping[str, Evidence]
    #: Every evaluation of it, the newest first.
    evaluations: tuple[Evaluation, ...]


def chosen(look: "Transaction", model: str, names: Sequence[str], environment: str) -> list[Version]:
    """The live version of an environment and those named, or the newest; the first is what the others are held against.

    A name is a reference, or what stands in one behind the @. Raises `NotFound`, and `Invalid` for too many.
    """
    champion = look.routings.of(model, environment).champion if environment else None
    live = [look.versions.find(model=model, number=champion.number)] if champion else []
    if names:
        others = [resolve(look, _reference(model, name), environment) for name in names]
    else:
        others = sorted(look.versions.all(model=model), key=lambda one: one.number)[-_NEWEST:]
    found = {one.number: one for one in (*live, *others) if one}
    if not found:
        raise NotFound(
            f"{model} has no version.",
            why="Nothing of it was registered yet.",
            fix="Bring one: lamp deploy",
            code="E1286",
        )
    check_count(len(found))
    return list(found.values())


def _reference(model: str, name: str) -> Reference:
    found = parse_reference(name if "@" in name else f"{model}@{name.removeprefix('v')}")
    if found.model != model:
        raise Invalid(
            "Versions of two models are not compared.",
            why="They answer other questions, on other rows.",
            fix=f"Name versions of {model}, such as 7 or live.",
            code="E1287",
        )
    return found


def version_comparison(look: "Transaction", read: Read, versions: Sequence[Version], environment: str) -> VersionComparison:
    """The first and the others, by what they say of the set that most of them share with it, the newest of such sets."""
    base = versions[0]
    known = [_known(look, version) for version in versions]
    live = {place.environment: place.champion.number for place in look.routings.all(model=base.model) if place.champion}
    common = _common(known)
    scored, apart = _scored(read, known, common)
    return VersionComparison(
        model=base.model,
        environment=environment if live.get(environment) == base.number else "",
        base=base.number,
        champion=live.get(environment) == base.number,
        sides=tuple(_side(one, base, live) for one in known),
        evaluation=common.digest if common and scored else "",
        rows=common.rows if common and scored else 0,
        kept=scored[0].rows.n if scored else 0,
        held_out=bool(common and common.held_out),
        lines=_lines(known, scored),
        apart=tuple(apart),
    )


def _known(look: "Transaction", version: Version) -> _Known:
    brought = (evaluation_in(one) for one in look.evidence.all(newest="at", version=version.digest, kind=KIND))
    found = tuple(one for one in brought if one is not None)
    return _Known(version=version, evidence=look.evidence.newest(version.digest), evaluations=found)


def _common(known: Sequence[_Known]) -> Evaluation | None:
    """The evaluation of the base whose set most of the others share."""
    shared = Counter(own for one in known[1:] for own in {_set(each) for each in one.evaluations})
    return max(known[0].evaluations, key=lambda one: shared[_set(one)], default=None)


def _set(one: Evaluation) -> tuple[str, bool]:
    return one.digest, one.held_out


def _scored(read: Read, known: Sequence[_Known], common: Evaluation | None) -> tuple[list[Scored], list[Apart]]:
    scored: list[Scored] = []
    apart: list[Apart] = []
    for one in known:
        found = _rows(read, one, common, scored[0] if scored else None, known[0].version)
        if isinstance(found, Evaluated):
            manifest = one.version.manifest
            scored.append(Scored(one.version.number, manifest.contract.output.meaning, found, manifest.decision.threshold))
        else:
            apart.append(found)
    return scored, apart


def _rows(read: Read, one: _Known, common: Evaluation | None, base: Scored | None, against: Version) -> Evaluated | Apart:
    if not one.evaluations:
        return _apart(one, "On which rows it was evaluated is not known.", _ANEW)
    same = next((each for each in one.evaluations if common and _set(each) == _set(common)), None)
    if common is None or (base is None and one.version != against):
        return _apart(one, f"v{against.number} has no set to hold it against.", f"See what is said of v{against.number}.")
    if same is None:
        return _apart(one, *_other_set(one.evaluations[0], common, against))
    try:
        rows = evaluated_from(read(same.scores))
    except (Invalid, NotFound):
        return _apart(one, "The scores that were kept of it cannot be read.", _ANEW)
    if base is not None and one.version.manifest.contract.output.meaning is not base.meaning:
        return _apart(one, "Its answers mean something else.", "Hold it against versions with the same output.")
    if base is not None and not np.array_equal(rows.labels, base.rows.labels):
        return _apart(one, "The labels that were kept of it are others, though it names the same set.", _ANEW)
    return rows


_ANEW = "Give Build evaluation and evaluation_labels, and register it again; the same model keeps its number."


def _other_set(own: Evaluation, common: Evaluation, against: Version) -> tuple[str, str]:
    if own.digest == common.digest:
        learned = "It was measured on rows that it learned from" if not own.held_out else "It was measured on unseen rows"
        return f"{learned}, and v{against.number} was not.", "Evaluate both on rows that neither has seen."
    why = f"It was evaluated on another set: {own.rows:,} rows, sha256:{own.digest[:8]}, not sha256:{common.digest[:8]}."
    return why, "Hand the same evaluation rows to both builds and register both again; the same model keeps its number."


def _apart(one: _Known, why: str, fix: str) -> Apart:
    figures: dict[str, dict[str, float]] = {}
    for figure in figures_of(one.evidence.get("performance")):
        figures.setdefault(figure.slice, {})[figure.metric] = figure.value
    return Apart(number=one.version.number, why=why, fix=fix, figures=figures)


def _side(one: _Known, base: Version, live: Mapping[str, int]) -> Portrait:
    version, manifest = one.version, one.version.manifest
    load = one.evidence.get("load-check")
    latency = load.facts.get("latency_ms") if load else None
    return Portrait(
        number=version.number,
        digest=version.digest,
        live_in=tuple(place for place, number in live.items() if number == version.number),
        note=version.note,
        author=version.author,
        created_at=version.created_at,
        runtime=manifest.runtime,
        size=sum(artifact.size for artifact in manifest.artifacts),
        threshold=manifest.decision.threshold,
        latency_ms=float(latency) if isinstance(latency, int | float) and 0 < latency < 1e9 else None,
        data_period=manifest.provenance.data_period,
        data_rows=manifest.provenance.data_rows,
        commit=manifest.provenance.commit,
        differences=differences(base.manifest.contract, manifest.contract),
    )


def _lines(known: Sequence[_Known], scored: Sequence[Scored]) -> tuple[Line, ...]:
    numbers = {one.number for one in scored}
    there = [one for one in known if one.version.number in numbers]
    measured = dict.fromkeys(name for one in there for name in _measured(one))
    slices = dict.fromkeys(("", *(part for one in scored for part in one.rows.slices)))
    return tuple(line for part in slices for line in figures_abreast.lines(part, list(measured), scored))


def _measured(one: _Known) -> Iterator[str]:
    yield from (figure.metric for figure in figures_of(one.evidence.get("performance")))
