"""RUNNING: monitor, labels."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.pages.labels import labels_page
from lamplighter.cli.pages.readings import monitor_page
from lamplighter.cli.pages.why import why_page
from lamplighter.cli.places import ENV, main_place, model_of, place_beside
from lamplighter.cli.session import Session, with_session

#: Labels in one request.
_BATCH = 10_000


@click.group(cls=Noun)
def monitor() -> None:
    """What is watched."""


@monitor.command("show")
@click.argument("reference", metavar="REF")
@ENV
@click.option("--slices", "sliced", is_flag=True, help="the figures of slices")
@with_session
def show(session: Session, reference: str, environment: str, sliced: bool) -> Page:
    """The newest figures of a model against their limits, and what callers felt."""
    model = model_of(reference)
    place = main_place(session, model, environment)
    readings = session.platform.readings(model, place, sliced=sliced)
    service = session.platform.service(model, place)
    return monitor_page(model, place, readings, service, session.address(f"/m/{model}"))


@monitor.command("notebook")
@click.argument("reference", metavar="REF")
@ENV
@click.option("--out", default="", metavar="FILE", help="what it is called; default: MODEL.ipynb, here")
@with_session
def write_notebook(session: Session, reference: str, environment: str, out: str) -> Page:
    """Write a notebook that loads the figures of a model, its worst window and what moved. A file of that name is replaced."""
    from lamplighter.sdk.notebook import model_notebook

    model = model_of(reference)
    place = main_place(session, model, environment)
    name = out or f"{model}.ipynb"
    session.path(name).write_bytes(model_notebook(session.platform, model, place))
    return Page(
        says=f"✓ {name} loads the figures of {model} in {place}.",
        data={"model": model, "environment": place, "file": name},
        next=[f"lamp monitor show {model}"],
        url=session.address(f"/m/{model}"),
    )


@monitor.command("why")
@click.argument("reference", metavar="REF")
@ENV
@click.option("--incident", default="", metavar="INCIDENT", help="in the window of an incident, such as I-31")
@with_session
def why(session: Session, reference: str, environment: str, incident: str) -> Page:
    """Why it got worse: slices by their share of the extra loss, and inputs that moved."""
    model = model_of(reference)
    found = session.platform.why(model, place_beside(session, model, environment, incident), incident)
    query = f"?incident={incident}" if incident else ""
    return why_page(found, session.address(f"/m/{model}/why{query}"))


@monitor.command("health")
@click.argument("reference", metavar="[REF]", default="")
@with_session
def health(session: Session, reference: str) -> Page:
    """Whether the monitors of every live model see anything; exit 8 if one is dead, stale or silent."""
    from lamplighter.cli.pages.watched import watched_page

    found = session.platform.watched(model_of(reference) if reference else "")
    return watched_page(found, None if reference else session.platform.false_alarms(), session.address("/"))


@monitor.command("digest")
@click.argument("reference", metavar="REF")
@with_session
def digest(session: Session, reference: str) -> Page:
    """Whether a model does its job: its newest whole week in one sentence, for the business owner."""
    model = model_of(reference)
    found = session.platform.digest(model)
    return Page(
        says=f"{model}: {found.sentence}",
        data={"digest": found},
        next=[f"lamp status {model}"],
        url=session.address(f"/m/{model}/monitor"),
    )


@monitor.command("recount")
@click.argument("reference", metavar="REF")
@ENV
@click.option("--since", default="", metavar="INSTANT", help="from its day on; default: every day")
@with_session
def recount(session: Session, reference: str, environment: str, since: str) -> Page:
    """Count the prediction log anew, for days whose counts are lost, damaged or made by an older release. A day of which the
    log holds fewer rows than were counted stays as it is."""
    from lamplighter.cli.instants import read

    model = model_of(reference)
    done = session.platform.recount(model, main_place(session, model, environment), read(since) if since else 0)
    left = f" {done.kept:,} stay as they were: the log has fewer of their rows." if done.kept else ""
    return Page(
        says=f"✓ {done.rows:,} rows of {done.days:,} days of {model} in {done.environment} are counted anew.{left}",
        data={"recounted": done},
        next=[f"lamp monitor show {model}"],
        url=session.address(f"/m/{model}"),
    )


@click.group(cls=Noun)
def labels() -> None:
    """What really happened."""


@labels.command("push")
@click.argument("reference", metavar="REF")
@click.argument("file", metavar="FILE|-")
@with_session
def push(session: Session, reference: str, file: str) -> Page:
    """Send labels: a CSV with the columns id, value and perhaps revision, or one JSON object with these a line."""
    from lamplighter.cli.truth import labels_in, warnings
    from lamplighter.domain.pushed import LabelsKept

    model = model_of(reference)
    found = labels_in(session, file)
    done = LabelsKept(0)
    for start in range(0, len(found), _BATCH):
        done += session.platform.push_labels(model, found[start : start + _BATCH])
        session.standing = f"The platform has {done.kept:,} of {len(found):,} labels; the same ones may be sent again."
    return Page(
        says=f"✓ {done.kept:,} labels of {model} are kept.",
        data={"model": model, "kept": done.kept, "waiting": done.waiting, "closed": done.closed},
        warnings=list(warnings(done)),
        next=[f"lamp monitor show {model}"],
        url=session.address(f"/m/{model}"),
    )


@labels.command("status")
@click.argument("reference", metavar="REF")
@ENV
@with_session
def status(session: Session, reference: str, environment: str) -> Page:
    """How many labels came and how late, and how many wait for their prediction."""
    model = model_of(reference)
    found = session.platform.label_status(model, main_place(session, model, environment))
    return labels_page(found, session.address(f"/m/{model}"))


COMMANDS: Mapping[str, click.Command] = {"monitor": monitor, "labels": labels}
