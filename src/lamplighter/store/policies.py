"""Rule books by digest: every one that a decision names is kept."""

from lamplighter.domain.policy import Policy
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Policies(Collection[Policy]):
    """Rule books that were in force."""

    table = schema.policies
    kind = Policy
