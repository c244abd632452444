"""Who owns the stages of a model, as `lamp.toml` names them."""

from lamplighter.domain.record import Settings
from lamplighter.domain.stage import Stage


class Holder(Settings, frozen=True):
    """Who owns a stage, first and after a handover, and who answers for parts of it."""

    #: Accountable until a handover is accepted, and always if there is no `then`.
    first: str
    #: Accountable after the handover.
    then: str = ""
    #: Time from the first release until the handover is due, such as 14d.
    after: str = ""
    #: Stands in when the owner is away.
    deputy: str = ""
    #: Responder for alerts about drift and quality (monitoring only).
    model_alerts: str = ""
    #: Responder for trainings (management only).
    retraining: str = ""


class Owners(Settings, frozen=True):
    """One accountable owner a stage, the business owner and risk."""

    design: str | Holder = ""
    industrialization: str | Holder = ""
    deployment: str | Holder = ""
    monitoring: str | Holder = ""
    management: str | Holder = ""
    business: str = ""
    risk: str = ""
    #: Stands in for an owner who names no deputy.
    deputy: str = ""

    def holder(self, stage: Stage) -> Holder | None:
        """The owner of a stage, or nothing if nobody is named."""
        named: str | Holder = getattr(self, stage.value)
        if isinstance(named, Holder):
            return named
        return Holder(first=named) if named else None

    def parties(self) -> tuple[str, ...]:
        """Everybody named, each once."""
        holders = [holder for stage in Stage if (holder := self.holder(stage))]
        named = [name for h in holders for name in (h.first, h.then, h.deputy, h.model_alerts, h.retraining)]
        return tuple(dict.fromkeys(name for name in [*named, self.business, self.risk, self.deputy] if name))
