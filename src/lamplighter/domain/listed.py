"""One model of the inventory: what is on record of it, as of now.

Law of change: a field may be added with a default; the columns of an exported inventory name the fields.
"""

from lamplighter.domain.lack import Lack
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Duty, Status


class Listed(Record, frozen=True):
    """Facts, each ready for one column. Whole numbers are instants, microseconds since the epoch, UTC; 0 for never."""

    model: str
    summary: str = ""
    #: The business problem.
    purpose: str = ""
    #: Who asked for it, who uses it and what one wrong answer costs, in their words.
    requester: str = ""
    users: str = ""
    wrong_answer_costs: str = ""
    #: Answers of `[impact]`; nothing where a question is not answered.
    serves_customers: bool | None = None
    decides_alone: bool | None = None
    can_be_undone: bool | None = None
    #: What it is not for, and where it is known to be weak.
    limitations: tuple[str, ...] = ()
    tier: str = ""
    tier_why: str = ""
    #: Who brings versions into production, by the table of `lamp who` with nothing taken for red.
    arrangement: str = ""
    business_owner: str = ""
    risk_owner: str = ""
    design_owner: str = ""
    industrialization_owner: str = ""
    deployment_owner: str = ""
    monitoring_owner: str = ""
    management_owner: str = ""
    #: Who acts when it fails, and who stands in.
    on_call: str = ""
    deputy: str = ""
    #: Duties that nobody who is here holds, and what else governance lacks.
    duties_of_nobody: tuple[Duty, ...] = ()
    lacks: tuple[Lack, ...] = ()
    status: Status = Status.UNKNOWN
    sentence: str = ""
    #: Such as `v2 in prod`, the most protected environment last.
    live: tuple[str, ...] = ()
    #: The version that is live in the most protected environment, else the newest; empty if there is none.
    version: str = ""
    digest: str = ""
    author: str = ""
    registered_at: int = 0
    live_since: int = 0
    #: `here`, or where it runs if it is not served here; empty while it is live nowhere.
    runs: str = ""
    inputs: tuple[str, ...] = ()
    output: str = ""
    #: Such as `weather (@it-ops)`.
    sources: tuple[str, ...] = ()
    data_period: str = ""
    data_rows: str = ""
    data_digest: str = ""
    commit: str = ""
    licence: str = ""
    #: When its gates last let it pass where it is live, what they said, and the decision.
    validated_at: int = 0
    validation: str = ""
    decision: str = ""
    #: Such as `business: bea@example.com`.
    accepted_by: tuple[str, ...] = ()
    #: When the live version has to be replaced or extended, and what happens to callers how long after that.
    due_at: int = 0
    ends_at: int = 0
    ends_with: str = ""
    #: Such as `ops-dashboard (bea@example.com, declared)`.
    consumers: tuple[str, ...] = ()
    #: Such as `I-31: Quality (brier) is 0.213, over its limit of 0.19.`
    open_incidents: tuple[str, ...] = ()
    unreviewed_emergencies: tuple[str, ...] = ()
    #: What gates say and somebody has taken on, such as `W-3: performance for v7 in prod, by rita@example.com`.
    waivers: tuple[str, ...] = ()
    #: What validators found and nobody has closed, such as `V-2: high, of v7, ada@example.com until ..., overdue`.
    validation_findings: tuple[str, ...] = ()
    #: Validators who said that the version was validated.
    validated_by: tuple[str, ...] = ()
    #: How it ends or ended, such as `X-3: late-flights ends; late-flights-2 takes its place.`
    retirement: str = ""
    retired_at: int = 0
    successor: str = ""
