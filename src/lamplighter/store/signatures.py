"""Acceptances and refusals by people. They are added and never changed."""

from lamplighter.domain.acceptance import Signature
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Signatures(Collection[Signature]):
    """Every word that was given."""

    table = schema.signatures
    kind = Signature
