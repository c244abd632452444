"""What a build says of the example cases of its project."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.case import KIND, Tried, Tries, agrees, expected, in_words, misfit
from lamplighter.domain.contract import Contract, problems_of
from lamplighter.domain.script import Case, Script
from lamplighter.domain.version import Manifest
from lamplighter.packaging.capture import capture
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.requested import requested


def cases(script: Script, build: Build, manifest: Manifest) -> list[Facts]:
    """The evidence `cases`, if the project has any; raises `Invalid` for a case that does not fit the model."""
    if not script.case:
        return []
    contract, threshold = manifest.contract, manifest.decision.threshold
    columns = _columns(script.case, contract)
    # First whether what is expected can be at all: scoring may be dear.
    wanted = [expected(case, contract.output) for case in script.case]
    scores = capture(build.model, requested(build)).truth(contract)(columns, len(script.case))
    tried = [
        Tried(
            name=case.name,
            words=case.words,
            inputs={name: columns[name][place] for name in columns},
            expected=wanted[place],
            decision=in_words(contract.output, float(score), threshold),
            score=float(score),
            agrees=agrees(case, contract.output, float(score), threshold),
        )
        for place, (case, score) in enumerate(zip(script.case, scores, strict=True))
    ]
    return [Facts(kind=KIND, facts=msgspec.to_builtins(Tries(script=script.digest, cases=tuple(tried))))]


def _columns(cases: Sequence[Case], contract: Contract) -> Mapping[str, list[Any]]:
    names = [column.name for column in contract.inputs]
    for case in cases:
        row = {name: [case.inputs.get(name)] for name in (*names, *case.inputs)}
        problems = problems_of(contract, row)
        if problems:
            first = problems[0]
            name = next((name for name in case.inputs if name not in names), first.pointer.rpartition("/")[2])
            why = f"Of its inputs, {name} is {first.code}; wanted is {first.expected}."
            raise misfit(case, why, "Give inputs as callers send them; the contract names each with its kind.")
    return {name: [case.inputs.get(name) for case in cases] for name in names}
