"""What is wrong with which model, and what findings of one trouble have in common."""

from lamplighter.domain.monitor import OUTAGE, Finding, Kind, Severity, is_of_run
from lamplighter.domain.record import digest_of
from lamplighter.domain.watch import STALE

#: Measures of which all models of an environment have the same trouble: its processes, and the loop that makes its figures.
_SHARED = frozenset({OUTAGE, STALE})
#: The longest key that stands as it is.
_LONGEST_KEY = 200


def is_shared(finding: Finding) -> bool:
    """Whether other models may have the same trouble of the same cause."""
    return bool(finding.source) or finding.measure in _SHARED or (finding.rule is not None and finding.rule.everywhere)


def is_of_version(finding: Finding) -> bool:
    """Whether another version may be without the trouble: it is of no source, no environment, no job and no training."""
    return not (is_shared(finding) or is_of_run(finding.measure))


def is_beside(notice: Finding, page: Finding) -> bool:
    """Whether a finding says more of another: a notice about the version whose quality is what is wrong."""
    severities = (notice.severity, page.severity) == (Severity.NOTICE, Severity.PAGE)
    kinds = notice.kind is page.kind is Kind.FUNCTIONAL and not is_shared(notice) and not is_shared(page)
    same = (notice.model, notice.environment, notice.number) == (page.model, page.environment, page.number)
    return severities and kinds and same


def key_of(finding: Finding) -> str:
    """What findings of one incident have in common: the source, the environment that is down, or model and measure."""
    if finding.source:
        key = f"source/{finding.source}"
    elif is_shared(finding):
        key = f"environment/{finding.environment}/{finding.measure}"
    else:
        key = f"{finding.model}/{finding.environment}/{finding.measure}"
    return key if len(key) <= _LONGEST_KEY else digest_of(key.encode())


def same_trouble(known: Finding, finding: Finding) -> bool:
    """Whether two findings say the same of the same model."""
    return trouble_of(known) == trouble_of(finding)


def trouble_of(finding: Finding) -> str:
    """What is wrong with which model, as an incident remembers it."""
    return f"{finding.model}/{finding.environment}/{finding.measure}"
