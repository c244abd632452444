"""The applications that call models, and their tokens."""

from collections.abc import Sequence

from lamplighter.domain.consumer import Account
from lamplighter.lifecycle import consumers as applications
from lamplighter.lifecycle import routing, tokens
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import applications as verbs
from lamplighter.views import consumers as callers
from lamplighter.views.consumers import Consumed


class Applications(Caller, verbs.Applications):
    """The applications that call models, and their tokens."""

    def consumer_accounts(self) -> list[Account]:
        with self._kit.store.reading() as look:
            return look.consumers.all()

    def save_consumer(self, name: str, owner: str, models: Sequence[str] = (), active: bool = True) -> Account:
        account = applications.save(self._kit, self._actor, name, owner, models, active)
        routing.apply_everywhere(self._kit)
        return account

    def issue_consumer_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        made = tokens.issue_predict_token(self._kit, self._actor, name, model, environment, days)
        routing.apply(self._kit, environment)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def consumers(self, model: str) -> list[Consumed]:
        with self._kit.store.reading() as look:
            return list(callers.consumers(look, model, self._kit.clock.now()))

    def issue_push_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        made = tokens.issue_push_token(self._kit, self._actor, name, model, environment, days)
        return Secret(secret=made.secret, expires_at=made.expires_at)
