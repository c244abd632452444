"""What callers felt: requests hour by hour."""

from lamplighter.views.answering import Service
from lamplighter.web import times
from lamplighter.web.numbers import count, share
from lamplighter.web.plots.figure import Figure
from lamplighter.web.plots.sparkline import sparkline


def traffic(service: Service) -> Figure:
    """The requests of the look back, in its equal parts."""
    part = service.seconds / max(len(service.sparkline), 1)
    most = max(service.sparkline, default=0)
    caption = (
        f"{count(service.requests)} requests in {times.length(service.seconds)}, at most {count(most)} in "
        f"{times.length(part)}; {share(service.failure_rate)} failed."
        if service.requests
        else f"No request in {times.length(service.seconds)}."
    )
    rows = tuple(
        (f"{times.length((len(service.sparkline) - place) * part)} ago", count(requests))
        for place, requests in enumerate(service.sparkline)
    )
    return Figure(
        title=f"Requests, last {times.length(service.seconds)}",
        drawing=sparkline(service.sparkline),
        caption=caption,
        heads=("Beginning", "Requests"),
        rows=tuple(reversed(rows)),
    )
