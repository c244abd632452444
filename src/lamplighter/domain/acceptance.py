"""Two keys: people from different sides accept a version for an environment, each with their own name."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.identity import Role
from lamplighter.domain.record import Record


class Side(StrEnum):
    """Whose acceptance it is."""

    #: Those whose decision the model serves.
    BUSINESS = "business"
    #: Those who run it.
    IT = "it"
    #: Those who answer for the risk.
    RISK = "risk"

    @property
    def word(self) -> str:
        """As it stands in a sentence, where `it` would be read as a pronoun."""
        return "IT" if self is Side.IT else self.value


#: The role that a person needs to sign for a side.
ROLE_OF: Mapping[Side, Role] = {Side.BUSINESS: Role.BUSINESS, Side.IT: Role.IT, Side.RISK: Role.RISK}


class Signature(Record, frozen=True):
    """One person's word on one version for one environment."""

    model: str
    #: Digest of the version.
    version: str
    environment: str
    side: Side
    #: E-mail address of the person.
    person: str
    accepted: bool
    reason: str
    #: `Dossier.binding` at the time; another value means that something changed since.
    binding: str
    #: Digests by kind of the evidence that was signed, and `project` and `policy`; names what changed since.
    seen: Mapping[str, str]
    #: Microseconds since the epoch, UTC.
    at: int
    #: What has to be so as well, for an acceptance that has a condition.
    condition: str = ""
    #: The blind test that it rests on, such as `U-44`.
    test: str = ""
    #: The name that was written under it.
    signed_as: str = ""
    #: The invitation by which it was given, such as `N-7`, and who else had its link in hand; empty without one.
    link: str = ""
    shown_to: str = ""

    @property
    def why(self) -> str:
        """The reason, and what has to be so as well."""
        return f"{self.reason} If: {self.condition}".strip() if self.condition else self.reason
