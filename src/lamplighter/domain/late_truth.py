"""Whether truth can come at all before the rows that it belongs to are gone."""

from lamplighter.domain.duration import seconds
from lamplighter.domain.log import LogRule, kept
from lamplighter.domain.project import Project


def too_late(project: Project, rule: LogRule) -> str:
    """Why labels find no row any more, and what to do, if rows are kept for a shorter time than labels take; else nothing."""
    after = project.monitor.labels.expected_after
    if kept(rule, project.log) >= seconds(after):
        return ""
    return (
        f"Labels are expected {after} after the prediction, and its row is kept for {project.log.keep} only: they find no row,"
        f" and no quality is measured. Raise keep in [log] above {after}."
    )
