"""How all models are, and what is on record."""

from typing import Protocol

from lamplighter.domain.delivery import DeliveryReport
from lamplighter.domain.identity import Permission
from lamplighter.domain.journal import Entry, Verification
from lamplighter.domain.listed import Listed
from lamplighter.sdk.door import door
from lamplighter.views.fleet import Fleet
from lamplighter.views.history import AsOf
from lamplighter.views.status import ModelStatus


class Questions(Protocol):
    """How all models are, and what is on record."""

    @door("GET", "/fleet", Permission.READ)
    def fleet(
        self,
        search: str = "",
        only: str = "",
        page: int = 1,
        tier: str = "",
        needs: str = "",
        gap: str = "",
        lack: str = "",
        retired: bool = False,
    ) -> Fleet:
        """One page of the models, those that need the caller first and then the worst.

        `search` is text of the name or the summary, `only` an overall status, `tier` a tier of criticality, `needs` the
        person whom a model needs now: `me` or an e-mail address, `gap` what its monitors do not see: `silent`,
        `unlabelled`, `stale`, or `any` of them, and `lack` what its governance lacks: `owner`, `deputy` or `review`.
        Models that were retired are left out; with `retired` only they are listed.
        """
        ...

    @door("GET", "/inventory", Permission.READ)
    def inventory(self) -> list[Listed]:
        """Every model with what is on record of it, by name, whether it is served here or elsewhere."""
        ...

    @door("GET", "/delivery", Permission.READ)
    def delivery(self, since: int, until: int) -> DeliveryReport:
        """How fast and how safely versions reached production in a period, what that asked of people, and who was waited for.

        Refused for a period that is empty or longer than two years.
        """
        ...

    @door("GET", "/models/{model}/status", Permission.READ)
    def status(self, model: str) -> ModelStatus:
        """How a model is, in one sentence, by aspect and by stage, with who has it."""
        ...

    @door("GET", "/models/{model}/at", Permission.READ)
    def at(self, model: str, environment: str, instant: int) -> AsOf:
        """What was live at an instant, who approved it and on what evidence."""
        ...

    @door("GET", "/journal", Permission.READ)
    def journal(self, model: str = "", limit: int = 100) -> list[Entry]:
        """The newest entries of the journal, newest first."""
        ...

    @door("GET", "/journal/lines", Permission.READ)
    def journal_lines(self, after: int = 0) -> bytes:
        """The next entries of the journal, oldest first, as they are kept and one a line; nothing behind the last."""
        ...

    @door("GET", "/journal/verification", Permission.READ)
    def verify_journal(self) -> Verification:
        """Whether the chain of the journal holds."""
        ...
