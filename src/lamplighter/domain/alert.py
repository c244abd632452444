"""When a monitoring system should tell somebody, and whom: one table, from which every export is made.

A page is a service that is broken, a source that is broken, or quality beyond its limit, as an incident says it. Inputs that
only move are a notice.
"""

from lamplighter.domain.monitor import DUTY_OF, Kind, Severity
from lamplighter.domain.record import Record
from lamplighter.domain.stage import STAGE_OF, Duty

#: Jobs of Prometheus that read the control plane and serving.
CONTROL_JOB, SERVING_JOB = "lamplighter", "lamplighter-serving"

#: How the channel for an Alertmanager calls an incident.
INCIDENT_ALERT = "LamplighterIncident"


class Alert(Record, frozen=True):
    """One rule. An expression without a model in its series is about the platform, whose owner is the duty's alone."""

    name: str
    #: Has series while the thing is wrong, and none otherwise.
    expression: str
    #: How long it has to hold, such as 1m.
    lasting: str
    severity: Severity
    duty: Duty
    #: What is wrong, in one line; labels in double braces.
    summary: str
    #: What to do.
    action: str
    #: Whether its series name a model, so that the owner can be joined.
    of_model: bool = True

    @property
    def owned(self) -> str:
        """The expression with the owner of the duty's stage as a label. Where owners are not known, such as while the control
        plane is down, the series stay without one: an alert is never lost for want of its owner."""
        if not self.of_model:
            return self.expression
        owners = f'max by (model, owner) (lamp_owner_info{{stage="{STAGE_OF[self.duty]}"}})'
        return f"(({self.expression}) * on (model) group_left (owner) {owners})\nor on (model, env) ({self.expression})"


_WORDS = {
    Kind.TECHNICAL: "Technical",
    Kind.FUNCTIONAL: "Functional",
    Kind.LIFETIME: "Lifetime",
    Kind.FEED: "Feed",
    Kind.MONITOR: "Monitor",
}
_NAMES = {Severity.PAGE: "Incident", Severity.NOTICE: "Notice"}


def incident_alert(kind: Kind, severity: Severity) -> str:
    """Name of the rule on open incidents of a kind."""
    return f"Lamp{_WORDS[kind]}{_NAMES[severity]}"


def _incident(kind: Kind, severity: Severity) -> Alert:
    return Alert(
        name=incident_alert(kind, severity),
        expression=f'max by (model, env) (lamp_incidents_open{{kind="{kind}",severity="{severity}"}}) > 0',
        lasting="0m",
        severity=severity,
        duty=DUTY_OF[kind],
        summary="{{ $labels.model }} in {{ $labels.env }} has an open incident: " + kind,
        action="Run lamp incident list --model {{ $labels.model }}; the page of the incident names the safe action.",
    )


def _champion(code: str = "") -> str:
    return f'sum by (model, env) (rate(lamp_requests_total{{arm="champion"{code}}}[2m]))'


#: Environments in which a model was live within a day; the last look is kept, as the control plane may be down as well.
_IN_USE = 'label_replace(max by (env) (last_over_time(lamp_rollout_weight[1d])), "environment", "$1", "env", "(.*)")'

_SERVICE = (
    Alert(
        name="LampRequestsFail",
        expression=_champion(',code!="200"') + " / " + _champion() + " > 0.05",
        lasting="1m",
        severity=Severity.PAGE,
        duty=Duty.MONITOR_TECHNICAL,
        summary="{{ $labels.model }} in {{ $labels.env }} fails more than 5 % of its requests",
        action="Run lamp rollback {{ $labels.model }} --env {{ $labels.env }}.",
    ),
    Alert(
        name="LampRequestsSlow",
        expression="histogram_quantile(0.99, sum by (model, env, le)"
        ' (rate(lamp_request_duration_seconds_bucket{arm="champion"}[5m]))) > 1',
        lasting="5m",
        severity=Severity.NOTICE,
        duty=Duty.MONITOR_TECHNICAL,
        summary="One of 100 requests to {{ $labels.model }} in {{ $labels.env }} takes more than a second",
        action="Run lamp status {{ $labels.model }}.",
    ),
    Alert(
        name="LampServingDown",
        expression=f'max by (instance, environment) (up{{job="{SERVING_JOB}"}}) == 0 and on (environment) {_IN_USE}',
        lasting="1m",
        severity=Severity.PAGE,
        duty=Duty.MONITOR_TECHNICAL,
        summary="Serving of {{ $labels.environment }} at {{ $labels.instance }} does not answer",
        action="Run lamp doctor on its machine.",
        of_model=False,
    ),
    Alert(
        name="LampControlPlaneDown",
        expression=f'max by (job) (up{{job="{CONTROL_JOB}"}}) == 0',
        lasting="5m",
        severity=Severity.PAGE,
        duty=Duty.MONITOR_TECHNICAL,
        summary="No control plane answers: models go on answering, but nobody watches them",
        action="Run lamp up on its machine.",
        of_model=False,
    ),
    Alert(
        name="LampMonitoringSilent",
        expression="time() - max by (loop) (lamp_loop_last_beat_timestamp_seconds) > max by (loop) (lamp_loop_limit_seconds)",
        lasting="1m",
        severity=Severity.PAGE,
        duty=Duty.MONITOR_TECHNICAL,
        summary="The control plane answers, but its {{ $labels.loop }} has not beaten for longer than it may:"
        " models go on answering, and nobody watches them",
        action="Look into the log of the control plane, then restart it with lamp down and lamp up.",
        of_model=False,
    ),
)
_DATA = Alert(
    name="LampInputsMoved",
    expression='max by (model, env) (lamp_model_status{aspect="data"}) > 0',
    lasting="15m",
    severity=Severity.NOTICE,
    duty=Duty.MONITOR_FUNCTIONAL,
    summary="Inputs of {{ $labels.model }} in {{ $labels.env }} have moved and the predictions with them, or values stay away",
    action="Run lamp monitor show {{ $labels.model }} in working hours.",
)

#: Every rule.
ALERTS: tuple[Alert, ...] = (
    *_SERVICE,
    *(_incident(kind, severity) for severity in _NAMES for kind in Kind),
    _DATA,
)
