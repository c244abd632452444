"""How a model is taken out of use, and how that is taken back."""

from typing import Protocol

from lamplighter.domain.claimant import Retiring
from lamplighter.domain.identity import Permission
from lamplighter.domain.retirement import Retirement
from lamplighter.sdk.door import door


class Retirements(Protocol):
    """How a model is taken out of use, and how that is taken back."""

    @door("POST", "/models/{model}/retirement", Permission.DEPLOY)
    def retire(self, model: str, reason: str, sunset: int = 0, successor: str = "") -> Retirement:
        """Announce that a model is to end: on a day, or because another model takes its place. Every answer of it says so from
        then on, nothing new of it is deployed or trained, and everybody who calls it is asked.

        `sunset` is an instant, 0 for none. Another plan takes the place of the one before, and whoever agreed is asked again;
        the same again changes nothing. For whoever holds the duty to retire; never for a pipeline or an application.
        """
        ...

    @door("GET", "/models/{model}/retirement", Permission.READ)
    def retirement(self, model: str) -> Retiring:
        """The newest retirement of a model: how every consumer stands to it, and what is in the way of its end."""
        ...

    @door("GET", "/retirements", Permission.READ)
    def retirements(self, closed: bool = False) -> list[Retiring]:
        """Models that are to end, the newest first; with `closed` also those that did, and what was taken back."""
        ...

    @door("POST", "/models/{model}/retirement/consents", Permission.CONSENT)
    def consent_to_retirement(self, model: str, consumer: str, accepted: bool, reason: str = "") -> Retirement:
        """Say for a consumer of yours that it can do without the model by this plan, or that it cannot; the word holds for this
        plan only."""
        ...

    @door("POST", "/models/{model}/retirement/approval", Permission.APPROVE)
    def approve_retirement(self, model: str, accepted: bool, reason: str = "") -> Retirement:
        """Say for the business side that the model may end by this plan, or that it may not; never for who asked."""
        ...

    @door("POST", "/models/{model}/retirement/cancel", Permission.DEPLOY)
    def cancel_retirement(self, model: str, reason: str) -> Retirement:
        """Take back what was announced: the model goes on."""
        ...

    @door("POST", "/models/{model}/retirement/finish", Permission.DEPLOY)
    def finish_retirement(self, model: str, note: str = "") -> Retirement:
        """Let a model end: no environment answers by it any more, and callers are told so. Everybody who still calls it has to
        have agreed to the plan, and on a critical model the business side too."""
        ...

    @door("POST", "/models/{model}/retirement/revive", Permission.DEPLOY)
    def revive(self, model: str, reason: str) -> Retirement:
        """Let a retired model be deployed again, through the same gates as ever; nothing of it answers before that."""
        ...
