"""Accounts of applications, and the words of their owners. Words are added and never changed."""

from lamplighter.domain.consent import Consent
from lamplighter.domain.consumer import Account
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Consumers(Collection[Account]):
    """Every application that has or had an account."""

    table = schema.consumers
    kind = Account


class Consents(Collection[Consent]):
    """Every word that was given for a consumer."""

    table = schema.consents
    kind = Consent
