"""Blind tests and what was answered in them. Both are added and never changed."""

from lamplighter.domain.blind_test import BlindAnswer, BlindTest
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class BlindTests(Collection[BlindTest]):
    """Every test that was begun."""

    table = schema.blind_tests
    kind = BlindTest


class BlindAnswers(Collection[BlindAnswer]):
    """Every first answer; a case of a test takes one."""

    table = schema.blind_answers
    kind = BlindAnswer

    def by_case(self, test: str) -> dict[str, str]:
        """What was said in a test, by case."""
        return {one.case: one.said for one in self.all(test=test)}
