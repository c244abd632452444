"""Findings of validations, and validators' words on versions. Words are added and never changed."""

from lamplighter.domain.validation import ValidationFinding, ValidationWord
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class ValidationFindings(Collection[ValidationFinding]):
    """Everything that validators found."""

    table = schema.validation_findings
    kind = ValidationFinding


class ValidationWords(Collection[ValidationWord]):
    """Every word that a version was validated."""

    table = schema.validation_words
    kind = ValidationWord
