"""What people say of a version's answers to example cases. Words are added and never changed."""

from lamplighter.domain.case import CaseWord
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class CaseWords(Collection[CaseWord]):
    """Every word that was given on a case."""

    table = schema.case_words
    kind = CaseWord
