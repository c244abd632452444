"""The report of how versions reach production as a file: one figure a line, each with what it means.

Law of change: lines and figures may be added; none is renamed or given another meaning.
"""

import csv
import io
from collections.abc import Iterator

from lamplighter.domain.delivery import DEFINITIONS, Delivery, DeliveryReport
from lamplighter.domain.instant import rfc3339
from lamplighter.sdk.spreadsheet import cell

HEADS = ("part", "team", "tier", "of", "figure", "value", "unit", "says")
_Line = tuple[str, str, str, str, str, str, str, str]


def csv_of(report: DeliveryReport) -> bytes:
    """The whole report; a figure that is not known is empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADS)
    writer.writerows([cell(text) for text in line] for line in _lines(report))
    # Spreadsheets take a file without this mark for one of another alphabet.
    return file.getvalue().encode("utf-8-sig")


def _lines(report: DeliveryReport) -> Iterator[_Line]:
    for name, at in (("since", report.since), ("until", report.until)):
        yield "period", "", "", "", name, rfc3339(at), "", ""
    for part, row in (("all", report.total), *(("delivery", row) for row in report.rows)):
        yield from _of_delivery(part, row)
    for part, figure, found in (("approver", "waited_for_word", report.approvers), ("gate", "waited_at_gate", report.gates)):
        for one in found:
            of = f"{one.what}: {one.person}" if one.person else one.what
            yield part, "", "", of, figure, f"{one.hours:.2f}", "hours", DEFINITIONS[figure]
            yield part, "", "", of, "longest", f"{one.longest:.2f}", "hours", DEFINITIONS[figure]
            yield part, "", "", of, "rollouts", str(one.rollouts), "", DEFINITIONS[figure]
            if part == "approver":
                yield part, "", "", of, "alone", f"{one.alone:.2f}", "hours", DEFINITIONS["alone"]


def _of_delivery(part: str, row: Delivery) -> Iterator[_Line]:
    figures: tuple[tuple[str, str, float | None, str], ...] = (
        ("models", "team", row.models, ""),
        ("releases", "releases", row.releases, ""),
        ("releases_per_week", "releases_per_week", row.per_week, ""),
        ("lead_time", "lead_time", row.lead_time, "seconds"),
        ("lead_time_slow", "lead_time", row.lead_time_slow, "seconds"),
        ("failed_releases", "failed_releases", row.failed, ""),
        ("change_fail_rate", "change_fail_rate", row.fail_rate, ""),
        ("restore_time", "restore_time", row.restore_time, "seconds"),
        ("stopped", "stopped", row.stopped, ""),
        ("decisions", "decisions", row.decisions, ""),
        ("minutes_each", "minutes", row.minutes_each, "minutes"),
        ("minutes_middle", "minutes", row.minutes_middle, "minutes"),
        ("auto_approved", "auto_approved", row.auto_approved, ""),
        ("spot_checks", "spot_checks", row.checked, ""),
        ("spot_checks_bad", "spot_checks_bad", row.found_bad, ""),
        ("waited", "waited", row.waited, "seconds"),
    )
    for name, meaning, value, unit in figures:
        yield part, row.team, row.tier, "", name, "" if value is None else f"{value:.6g}", unit, DEFINITIONS[meaning]
