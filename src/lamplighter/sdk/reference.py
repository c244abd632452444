"""What monitoring later compares with: the sample in frozen bins, how much each input matters, and where scores were right."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.measures import drift_measure
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.chunks import chunk_values
from lamplighter.monitoring.profile import PREDICTION, Profile, reference_profile
from lamplighter.monitoring.truth import Truth, truth
from lamplighter.packaging.capture import capture
from lamplighter.packaging.draft import Draft
from lamplighter.sdk import evaluation
from lamplighter.sdk.build import Build
from lamplighter.sdk.requested import requested
from lamplighter.serving.worker.scorers import Scorer

#: Rows that the bins are made from, and that the importance is measured on, at most.
_PROFILE_ROWS, _IMPORTANCE_ROWS = 200_000, 2_000
#: Measures whose distances within the reference are kept, for rules that set thresholds by them.
_CHUNKED = ("jensen_shannon", "hellinger", "l_infinity", "kolmogorov_smirnov")


def frozen(build: Build, draft: Draft) -> Profile:
    """The reference profile of a build."""
    columns = {name: list(values)[:_PROFILE_ROWS] for name, values in draft.columns.items()}
    threshold = draft.manifest.decision.threshold
    scores = list(draft.scores)[:_PROFILE_ROWS]
    profile = reference_profile(draft.manifest.contract, columns, scores, edges=(threshold,))
    chunks = chunk_values(profile, columns, scores, [drift_measure(name) for name in _CHUNKED])
    known = {"importance": _importance(build, draft), "truth": _truth(build, draft, profile), "chunks": chunks}
    return msgspec.structs.replace(profile, **known)


def _truth(build: Build, draft: Draft, profile: Profile) -> Truth | None:
    rows = evaluation.labelled(build, draft)
    bins = profile.columns[PREDICTION].bins
    if rows is None or not isinstance(bins, NumericBins):
        return None
    meaning, threshold = draft.manifest.contract.output.meaning, draft.manifest.decision.threshold
    return truth(bins, meaning, rows[1], rows[2], threshold, held_out=build.evaluation is not None)


def _importance(build: Build, draft: Draft) -> dict[str, float]:
    """How far the score moves on average when the values of one input change places between rows, in units of the score
    (permutation importance without labels: Fisher, Rudin and Dominici, Journal of Machine Learning Research 20, 2019).

    An input counts as much as the largest if the model fails on rows that were mixed with it: it is certainly read.
    """
    step = -(-len(draft.scores) // _IMPORTANCE_ROWS) or 1
    columns = {name: list(values)[::step] for name, values in draft.columns.items()}
    scores = list(draft.scores)[::step]
    score = capture(build.model, requested(build)).truth(draft.manifest.contract)
    moved = {name: _mixed(score, columns, name, scores) for name in columns} if scores else {}
    largest = max((distance for distance in moved.values() if distance is not None), default=1.0)
    return {name: largest if distance is None else distance for name, distance in moved.items()}


def _mixed(score: Scorer, columns: Mapping[str, Sequence[Any]], name: str, scores: Sequence[float]) -> float | None:
    try:
        return _moved(score(_shuffled(columns, name), len(scores)), scores)
    except Exception:  # the model is not ours, and the rows are none it was made for
        return None


def _shuffled(columns: Mapping[str, Sequence[Any]], name: str) -> dict[str, Sequence[Any]]:
    mixed = list(columns[name])
    random.Random(0).shuffle(mixed)  # noqa: S311  not for secrets
    return {**columns, name: mixed}


def _moved(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(other)
