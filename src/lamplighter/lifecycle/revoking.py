"""Making secrets worthless: one with all that came from it, or everything that somebody holds."""

import msgspec

from lamplighter.domain.device_sign_in import Standing, Step
from lamplighter.domain.identity import Credential
from lamplighter.store.transaction import Transaction


def revoke_all(change: Transaction, email: str) -> None:
    """Make every secret of somebody worthless, and let no command have a token that they allowed."""
    _withdraw(change, email, "")
    for credential in change.credentials.all(email=email):
        change.credentials.put(msgspec.structs.replace(credential, revoked=True))


def revoke(change: Transaction, credential: Credential) -> None:
    """Make one worthless, and every session and token that came from it."""
    _withdraw(change, credential.email, credential.digest)
    change.credentials.put(msgspec.structs.replace(credential, revoked=True))
    for one in change.credentials.all(email=credential.email):
        if one.parent == credential.digest and not one.revoked:
            revoke(change, one)


def _withdraw(change: Transaction, email: str, parent: str) -> None:
    """Before the secrets: whoever redeems meanwhile waits for this, or this for them."""
    for one in change.device_sign_ins.all(email=email, standing=Standing.ALLOWED):
        if not parent or one.parent == parent:
            change.device_sign_ins.replace(one.moved(Step.WITHDRAW), revision=one.revision)
