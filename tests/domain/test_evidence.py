"""What a signature is bound to, and the digests of what is known."""

from collections.abc import Callable

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.acceptance import Side
from lamplighter.domain.evidence import Dossier

HELD = specimens.dossier(evidence={"parity": specimens.evidence("parity", rows=1000)})
CHANGES: dict[str, Callable[[], Dossier]] = {
    "version": lambda: replaced(version=specimens.version(2, runtime="python")),
    "facts": lambda: replaced(evidence={"parity": specimens.evidence("parity", rows=1001)}),
    "kind": lambda: replaced(evidence={"performance": specimens.evidence("parity", rows=1000)}),
    "one more": lambda: replaced(evidence={**HELD.evidence, "data-checks": specimens.evidence("data-checks")}),
    "one less": lambda: replaced(evidence={}),
    "later": lambda: replaced(evidence={"parity": specimens.evidence("parity", at=2, rows=1000)}),
    "project": lambda: replaced(project=specimens.project(specimens.PROJECT.replace("0.58", "0.59"))),
    "policy": lambda: replaced(policy_digest="0" * 64),
}


def replaced(**changes: object) -> Dossier:
    return msgspec.structs.replace(HELD, **changes)


@pytest.mark.parametrize("part", CHANGES)
def test_the_binding_changes_with_each_part(part: str) -> None:
    assert CHANGES[part]().binding != HELD.binding


def test_no_two_changes_look_the_same() -> None:
    assert len({change().binding for change in CHANGES.values()}) == len(CHANGES)


def test_the_binding_stays_while_people_sign_and_time_goes_by() -> None:
    signed = replaced(signatures=(specimens.signature(Side.IT, specimens.IVO, HELD),), now=99, levels=("development",))
    assert signed.binding == HELD.binding
    turned = {kind: HELD.evidence[kind] for kind in reversed(list(HELD.evidence))}
    assert replaced(evidence=turned).binding == HELD.binding


def test_evidence_is_addressed_by_all_it_says() -> None:
    one = specimens.evidence("parity", rows=1000)
    assert one.digest == specimens.evidence("parity", rows=1000).digest
    changes: list[dict[str, object]] = [
        {"version": "0" * 64}, {"kind": "x"}, {"facts": {}}, {"author": specimens.IVO}, {"at": 2},
    ]  # fmt: skip
    others = [msgspec.structs.replace(one, **change) for change in changes]
    assert len({one.digest, *(other.digest for other in others)}) == 6
