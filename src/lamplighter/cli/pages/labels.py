"""How the labels of a model come."""

from lamplighter.cli.instants import day, lasted
from lamplighter.cli.page import Page
from lamplighter.views.labels import LabelStatus


def labels_page(found: LabelStatus, address: str) -> Page:
    """How many, how late, and what of them waits."""
    return Page(
        says=f"{found.labelled:,} of {found.scored:,} rows that versions of {found.model} scored in {found.environment},"
        " shadows included, have a label.",
        data={"labels": found},
        facts=[("lag", _lag(found)), ("waiting", _waiting(found)), *_closed(found)],
        next=[f"lamp monitor show {found.model}" if found.labelled else f"lamp labels push {found.model} FILE"],
        url=address,
    )


def _lag(found: LabelStatus) -> str:
    if found.lag is None or found.longest is None:
        return "no label yet"
    newest = f"on {day(found.newest_day)}, the newest day with a label"
    return f"{lasted(found.lag)} in the middle, {lasted(found.longest)} at most, {newest}"


def _closed(found: LabelStatus) -> list[tuple[str, str]]:
    late = [("too late", found.too_late)] if found.too_late else []
    if not found.closed:
        return late
    told = f"rows up to {day(found.closed)} are not all kept any more; labels change no figure of their days"
    return [("closed", told), *late]


def _waiting(found: LabelStatus) -> str:
    gone = f"; {found.expired:,} waited in vain" if found.expired else ""
    return f"{found.waiting:,} labels have no prediction and wait {found.wait} for it{gone}"
