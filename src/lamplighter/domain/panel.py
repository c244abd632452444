"""What a dashboard of the platform shows: one table, from which every export is made.

`$model` and `$env` in an expression stand for what the reader has chosen, `$__rate_interval` for a span of several scrapes.
"""

from enum import StrEnum

from lamplighter.domain.record import Record


class Form(StrEnum):
    """How a panel is drawn."""

    #: One number.
    NUMBER = "number"
    #: A line for each series over time.
    LINES = "lines"
    #: A row for each series as of now.
    TABLE = "table"
    #: A band for each series, coloured by status.
    STATUS = "status"


class Query(Record, frozen=True):
    """What is asked of Prometheus, and how its series are called."""

    expression: str
    #: With labels in double braces.
    legend: str = ""


class Panel(Record, frozen=True):
    """One figure on the dashboard."""

    title: str
    #: One sentence for people who know no statistics.
    says: str
    form: Form
    queries: tuple[Query, ...]
    #: Unit as Grafana names it.
    unit: str = "short"


class Row(Record, frozen=True):
    """Panels that belong together."""

    title: str
    panels: tuple[Panel, ...]


_OF = 'model=~"$model",env=~"$env"'
_RATE = "$__rate_interval"
_BUCKETS = f'sum by (model, env, le) (rate(lamp_request_duration_seconds_bucket{{{_OF},arm="champion"}}[{_RATE}]))'
_OVERALL = f'max by (model, env) (lamp_model_status{{{_OF},aspect="overall"}})'


def _one(title: str, says: str, form: Form, expression: str, legend: str = "", unit: str = "short") -> Panel:
    return Panel(title=title, says=says, form=form, queries=(Query(expression=expression, legend=legend),), unit=unit)


def _best(metric: str, *labels: str) -> str:
    """The figure once, however many control planes say it."""
    return f"max by (model, env{''.join(f', {label}' for label in labels)}) ({metric}{{{_OF}}})"


_ESTATE = (
    _one("Failing", "Models whose users feel that something is wrong.", Form.NUMBER, f"count({_OVERALL} == 2) or vector(0)"),
    _one("On watch", "Models that somebody should look at.", Form.NUMBER, f"count({_OVERALL} == 1) or vector(0)"),
    _one("Healthy", "Models that need nobody.", Form.NUMBER, f"count({_OVERALL} == 0) or vector(0)"),
    _one(
        "Open incidents",
        "Things that are wrong and not yet mitigated, by what they are about.",
        Form.NUMBER,
        f"sum(lamp_incidents_open{{{_OF}}}) or vector(0)",
    ),
    _one(
        "Status",
        "Each model by aspect: service is for IT operations, data and quality are for data science.",
        Form.STATUS,
        _best("lamp_model_status", "aspect"),
        "{{model}} {{env}} {{aspect}}",
    ),
    _one(
        "Owners",
        "Who is accountable for each stage of each model; no owner is a gap.",
        Form.TABLE,
        'max by (model, stage, owner) (lamp_owner_info{model=~"$model"})',
    ),
)
_SERVICE = (
    _one(
        "Requests",
        "Requests a second, by version and part of the traffic.",
        Form.LINES,
        f"sum by (model, env, version, arm) (rate(lamp_requests_total{{{_OF}}}[{_RATE}]))",
        "{{model}} v{{version}} {{env}} {{arm}}",
        "reqps",
    ),
    _one(
        "Failed requests",
        "Share of requests that the live version failed.",
        Form.LINES,
        f'sum by (model, env) (rate(lamp_requests_total{{{_OF},arm="champion",code!="200"}}[{_RATE}]))'
        f' / sum by (model, env) (rate(lamp_requests_total{{{_OF},arm="champion"}}[{_RATE}]) > 0)',
        "{{model}} {{env}}",
        "percentunit",
    ),
    Panel(
        title="Latency",
        says="Time within which half, 95 % and 99 % of the requests were answered.",
        form=Form.LINES,
        unit="s",
        queries=tuple(
            Query(expression=f"histogram_quantile({share}, {_BUCKETS})", legend=f"{{{{model}}}} {{{{env}}}} {name}")
            for share, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
        ),
    ),
    _one(
        "Share of the traffic",
        "Which version answers which share of the requests.",
        Form.LINES,
        _best("lamp_rollout_weight", "version"),
        "{{model}} v{{version}} {{env}}",
        "percentunit",
    ),
    _one(
        "Consumers",
        "Requests a second by application that the project declares; everybody else is other.",
        Form.LINES,
        f"sum by (model, env, consumer) (rate(lamp_consumer_requests_total{{{_OF}}}[{_RATE}]))",
        "{{model}} {{env}} {{consumer}}",
        "reqps",
    ),
    _one(
        "Refused and failed answers",
        "Answers with a 4xx or 5xx status, by environment.",
        Form.LINES,
        f'sum by (env) (rate(lamp_refused_requests_total{{env=~"$env"}}[{_RATE}])'
        f' + rate(lamp_failed_requests_total{{env=~"$env"}}[{_RATE}]))',
        "{{env}}",
        "reqps",
    ),
)
_MODEL = (
    Panel(
        title="Quality",
        says="The newest window of each figure, with the ends of its 95 % interval.",
        form=Form.LINES,
        queries=tuple(
            Query(
                expression=_best(metric, "metric", "kind"),
                legend=f"{{{{model}}}} {{{{env}}}} {{{{metric}}}} {{{{kind}}}}{end}",
            )
            for metric, end in (("lamp_quality", ""), ("lamp_quality_low", " low"), ("lamp_quality_high", " high"))
        ),
    ),
    _one(
        "Inputs that moved most",
        "How far inputs are from what the model learned on; movement alone wakes nobody.",
        Form.LINES,
        f"topk(10, {_best('lamp_input_drift', 'feature')})",
        "{{model}} {{env}} {{feature}}",
    ),
    _one(
        "Predictions that moved",
        "How far predictions are from those of the reference.",
        Form.LINES,
        _best("lamp_prediction_drift"),
        "{{model}} {{env}}",
    ),
    _one(
        "Label lag",
        "How far labels are behind the predictions.",
        Form.LINES,
        _best("lamp_label_lag_seconds"),
        "{{model}} {{env}}",
        "s",
    ),
)
_PLATFORM = (
    _one("Releases", "What runs.", Form.TABLE, "count by (job, version, python) (lamp_build_info)"),
    _one(
        "Time since the last look",
        "How long ago the control plane last looked at what is open and due.",
        Form.LINES,
        "time() - max(lamp_reconciler_last_look_timestamp_seconds)",
        "control plane",
        "s",
    ),
)

#: The whole dashboard.
ROWS: tuple[Row, ...] = (
    Row(title="Estate", panels=_ESTATE),
    Row(title="Service", panels=_SERVICE),
    Row(title="Model", panels=_MODEL),
    Row(title="Platform", panels=_PLATFORM),
)
