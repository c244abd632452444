"""How one model stands: by aspect, in one sentence, and who has it. The same for its page, the list and the command line."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.handover import Handover
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.instant import minute
from lamplighter.domain.lack import Lack, lacks_of_time
from lamplighter.domain.lifetime import Lifetime, lifetime_in
from lamplighter.domain.monitor import Finding, Kind, Severity, is_of_job, is_of_run
from lamplighter.domain.record import Record
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Aspect, Duty, Status
from lamplighter.domain.validation import ValidationFinding
from lamplighter.domain.waiver import Waiver
from lamplighter.views.aspects import aspects, blocked, expired, of_age
from lamplighter.views.handover import Due
from lamplighter.views.known import Known
from lamplighter.views.live import Live, live_of
from lamplighter.views.waiting import Waiting


class Standing(Record, frozen=True):
    """One model as of now."""

    known: Known
    #: What has it answer where, in the order of the levels.
    placed: tuple[tuple[Routing, Environment], ...]
    #: Where versions run that are not served here, by digest.
    away: Mapping[str, str]
    #: Incidents that are not over. The one that matters most is the first: one that somebody still has to answer, then the
    #: loudest, then what is felt most, then the newest.
    incidents: tuple[Incident, ...]
    waiting: tuple[Waiting, ...]
    #: Emergencies that nobody has reviewed, oldest first.
    emergencies: tuple[Emergency, ...]
    #: Waivers on which something may rest, and those that are over and nobody has seen to, oldest first.
    waivers: tuple[Waiver, ...]
    #: Open findings of validations, those that matter most first.
    validation_findings: tuple[ValidationFinding, ...]
    #: The handover that its receiver looks at, and the one that is overdue.
    handover: Handover | None
    due: Due | None
    #: How long the version in the most protected environment may still answer.
    lifetime: Lifetime | None
    #: By aspect; `overall` is the worst.
    status: Mapping[Aspect, Status]
    #: Who has the thing that needs somebody now; empty if nothing does.
    needs: str
    #: What its governance lacks.
    lacks: frozenset[Lack] = frozenset()
    #: How it ends, or ended; nothing where that is not announced, or was taken back.
    retirement: Retirement | None = None

    @property
    def live(self) -> tuple[Live, ...]:
        """Where it answers, in the order of the levels."""
        return tuple(live_of(routing, place, self.away) for routing, place in self.placed)

    @property
    def main(self) -> Live | None:
        """Where it answers in the most protected environment."""
        return live_of(*self.placed[-1], self.away) if self.placed else None

    @property
    def is_retired(self) -> bool:
        """Whether it answers nobody any more, for good."""
        return self.retirement is not None and not self.retirement.open

    @property
    def worst(self) -> Incident | None:
        """The incident that matters most."""
        return self.incidents[0] if self.incidents else None

    @property
    def since(self) -> int:
        """Since when something is wrong, microseconds since the epoch; 0 if nothing is."""
        return min(incident.opened_at for incident in self.incidents) if self.incidents else 0

    @property
    def unwatched(self) -> frozenset[str]:
        """What its monitors do not see, as far as that is an incident: `silent`, `unlabelled`, `stale`."""
        if not self.incidents:
            return frozenset()
        return frozenset(one.finding.measure for one in self.incidents if one.finding.kind is Kind.MONITOR)

    @property
    def sentence(self) -> str:
        """How it is, and what is wrong in the words of whoever feels it."""
        if self.retirement is not None and not self.retirement.open:
            return _retired(self.retirement)
        told = _trouble(self.known.project.name, self.worst, self.status) if self.main else []
        serving = _serving(self.main, self.waiting, is_blocked=blocked(self.lifetime))
        return " ".join([*serving, *told, *_given(self.due), *_ending(self.retirement)])


def standing(
    known: Known,
    placed: tuple[tuple[Routing, Environment], ...],
    away: Mapping[str, str],
    incidents: tuple[Incident, ...],
    felt: Sequence[Finding],
    waiting: tuple[Waiting, ...],
    emergencies: tuple[Emergency, ...],
    waivers: tuple[Waiver, ...],
    validation_findings: tuple[ValidationFinding, ...],
    handover: Handover | None,
    due: Due | None,
    retirement: Retirement | None,
    *,
    moved: bool,
    now: int,
) -> Standing:
    """How a model stands, from everything that is known of it; `felt` is what was found of it and is not over, `moved` says
    that what its inputs do matters."""
    lifetime = lifetime_in(known.tier, known.project, placed[-1][1], placed[-1][0], now) if placed else None
    ranked = tuple(sorted(incidents, key=_weight))
    late = [one.owner for one in validation_findings if one.overdue(now)]
    lapsed = [one for one in waivers if one.calls]
    is_retired = retirement is not None and not retirement.open
    return Standing(
        known=known,
        placed=placed,
        away=away,
        incidents=ranked,
        waiting=waiting,
        emergencies=emergencies,
        waivers=waivers,
        validation_findings=validation_findings,
        handover=handover,
        due=due,
        lifetime=lifetime,
        status=of_age(
            aspects(
                felt,
                live=bool(placed),
                moved=moved,
                watched=known.project.monitor.quality.limit is not None,
                governed=is_retired or not (known.gaps or expired(lifetime) or emergencies or lapsed or late or due),
            ),
            lifetime,
            off=bool(placed) and placed[-1][0].off is not None,
        ),
        needs=""
        if is_retired
        else _needs(
            ranked[0] if ranked else None, waiting, emergencies, _owner(known) if lapsed else "".join(late[:1]), known.gaps
        )
        or _turn(handover, due),
        lacks=frozenset() if is_retired else known.lacks | lacks_of_time(lifetime, emergencies, now),
        retirement=retirement,
    )


_LOUDNESS = {Severity.PAGE: 0, Severity.NOTICE: 1, Severity.NOTE: 2}
#: Who feels it most comes first; jobs follow what callers feel, and trainings everything.
_FELT = {Kind.TECHNICAL: 0, Kind.FEED: 1, Kind.FUNCTIONAL: 3, Kind.MONITOR: 4, Kind.LIFETIME: 5}
_OF_JOB, _OF_TRAINING = 2, 6


def _weight(incident: Incident) -> tuple[bool, int, int, int]:
    finding = incident.finding
    return incident.state is State.MITIGATED, _LOUDNESS[finding.severity], _feeling(finding), -incident.opened_at


def _feeling(finding: Finding) -> int:
    if is_of_run(finding.measure):
        return _OF_JOB if is_of_job(finding.measure) else _OF_TRAINING
    return _FELT[finding.kind]


def holder_of(incident: Incident) -> str:
    """Who has an incident now; empty for nobody."""
    return incident.has_it


def _owner(known: Known) -> str:
    return known.ownership.of(Duty.RETIRE).holder or "nobody"


def _needs(
    incident: Incident | None,
    wanted: Sequence[Waiting],
    emergencies: Sequence[Emergency],
    owner: str,
    gaps: Sequence[Duty],
) -> str:
    if incident is not None and incident.state in (State.OPEN, State.ACKNOWLEDGED):
        return holder_of(incident) or "nobody"
    if wanted:
        return ", ".join(wanted[0].missing[:1]) or wanted[0].asked_by
    if emergencies:
        return emergencies[0].owner or "nobody"
    if owner:
        return owner
    return f"nobody has {gaps[0]}" if gaps else ""


def _turn(handover: Handover | None, due: Due | None) -> str:
    """Whose turn it is in a handover; empty for nobody's."""
    return handover.receiver if handover else due.giver if due else ""


def _given(due: Due | None) -> list[str]:
    return [f"Its handover to {due.receiver} was due {minute(due.due_at)}."] if due else []


def _serving(main: Live | None, wanted: Sequence[Waiting], *, is_blocked: bool) -> list[str]:
    if main is None:
        return ["Nothing is live yet.", *(wanted[0].missing[:1] if wanted else ())]
    told = [f"v{main.number} serves {100 - main.share * 100:g} % in {main.environment}."]
    if is_blocked:
        told = [f"v{main.number} answers nobody in {main.environment}."]
    if main.off:
        told = [f"{main.off.person} switched it off in {main.environment}, {minute(main.off.at)}: {main.off.reason}"]
    if main.elsewhere:
        told = [f"v{main.number} runs elsewhere ({main.elsewhere}) and is live in {main.environment}."]
    if main.challenger:
        told.append(f"v{main.challenger} is on trial with {main.share * 100:g} %.")
    return told


def _retired(retirement: Retirement) -> str:
    then = f" {retirement.successor} takes its place." if retirement.successor else ""
    return f"Retired since {minute(retirement.moved_at)}: {retirement.reason}{then}"


def _ending(retirement: Retirement | None) -> list[str]:
    return [f"It is being retired: {retirement.told}"] if retirement else []


def _trouble(model: str, incident: Incident | None, status: Mapping[Aspect, Status]) -> list[str]:
    if incident is None:
        return ["No limit is crossed."]
    finding = incident.of(model)
    fine = ["Service is fine."] if status[Aspect.SERVICE] is Status.HEALTHY else []
    if incident.state is State.MITIGATED:
        return [*fine, finding.sentence, "That is mitigated."]
    return [*fine, finding.sentence, *(["Callers are answered as before."] if is_of_job(finding.measure) else [])]


def in_order(places: Sequence[Environment]) -> list[Environment]:
    """Environments by level, the most protected last."""
    order = list(Level)
    return sorted(places, key=lambda place: (order.index(place.level), place.name))
