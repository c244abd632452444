"""The applications that call models, and their tokens."""

from collections.abc import Sequence
from typing import Protocol

from lamplighter.domain.consumer import Account
from lamplighter.domain.identity import Permission
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.door import door
from lamplighter.views.consumers import Consumed


class Applications(Protocol):
    """The applications that call models, and their tokens."""

    @door("GET", "/consumers", Permission.READ)
    def consumer_accounts(self) -> list[Account]:
        """Every application that has or had an account."""
        ...

    @door("PUT", "/consumers/{name}", Permission.ADMINISTER)
    def save_consumer(self, name: str, owner: str, models: Sequence[str] = (), active: bool = True) -> Account:
        """Open the account of an application, change it, or close it with every token of it."""
        ...

    @door("POST", "/consumers/{name}/tokens", Permission.ADMINISTER)
    def issue_consumer_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        """Give out a token that asks one model of one environment and can do nothing else; it is shown once."""
        ...

    @door("GET", "/models/{model}/consumers", Permission.READ)
    def consumers(self, model: str) -> list[Consumed]:
        """Who calls a model, declared or seen, with those that nobody declared and those that fell silent."""
        ...

    @door("POST", "/consumers/{name}/push-tokens", Permission.ADMINISTER)
    def issue_push_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        """Give out a token that brings predictions and labels of one model that runs elsewhere; it is shown once."""
        ...
