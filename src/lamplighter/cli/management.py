"""MANAGEMENT: retrain, retraining, challenge."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun, Verb
from lamplighter.cli.instants import read
from lamplighter.cli.page import Page
from lamplighter.cli.pages.retraining import retraining_page
from lamplighter.cli.pages.rows import rows_page, written_page
from lamplighter.cli.pages.selection import decided_page, running_page
from lamplighter.cli.places import ENV, main_place, model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.names import parse_reference
from lamplighter.domain.rows import MOST_ROWS, USUAL_ROWS


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--cause", default="", help="why, for the record")
@with_session
def retrain(session: Session, reference: str, cause: str) -> Page:
    """Ask for a training as the project describes it. The version it makes goes through the same gates."""
    model = model_of(reference)
    training = session.platform.retrain(model, cause)
    return Page(
        says=f"✓ {training.id}: a training of {model} is {training.state}.",
        data={"training": training},
        next=[f"lamp retraining show {model}"],
        url=session.address(f"/m/{model}"),
    )


@click.group(cls=Noun)
def retraining() -> None:
    """What sets off the next training of a model, and what that is given."""


@retraining.command("show")
@click.argument("reference", metavar="REF")
@with_session
def show_retraining(session: Session, reference: str) -> Page:
    """Each trigger of a model: what it waits for, when that is, and the last training that it set off."""
    return retraining_page(session.platform.retraining(model_of(reference)), session.address(f"/m/{model_of(reference)}"))


@retraining.command("rows")
@click.argument("reference", metavar="REF")
@click.option("--training", default="", metavar="T", help="what this one was given; default: what one would be given now")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=USUAL_ROWS, show_default=True, help="rows at most")
@click.option("--out", default="", metavar="FILE", help="write all of them: .parquet, .csv, .arrow or .json")
@with_session
def training_rows(session: Session, reference: str, training: str, limit: int, out: str) -> Page:
    """The rows with labels that a training learns from, without those of quarantined spans."""
    from lamplighter.sdk.frame import frame_of

    model = model_of(reference)
    found, url = session.platform.training_rows(model, training, limit), session.address(f"/m/{model}")
    if not out:
        return rows_page(found, url)
    frame_of(found).write(session.path(out))
    return written_page(found, out, url)


@click.group(cls=Noun)
def challenge() -> None:
    """Two versions on the same rows; only the live one answers."""


@challenge.command("start")
@click.argument("reference", metavar="REF")
@ENV
@click.option("--metric", default="brier", show_default=True, help="the figure that decides")
@click.option("--rows", type=click.IntRange(min=1), default=1000, show_default=True, help="labelled rows that it needs")
@with_session
def start(session: Session, reference: str, environment: str, metric: str, rows: int) -> Page:
    """Let a version score along with the live one, to be compared."""
    model = parse_reference(reference).model
    place = main_place(session, model, environment)
    begun = session.platform.challenge(reference, place, metric, rows)
    return Page(
        says=f"{begun.id}: v{begun.challenger} of {model} is compared with v{begun.champion} in {place} by {begun.metric}.",
        data={"challenge": begun},
        next=[f"lamp challenge show {model}", f"lamp challenge decide {begun.id}"],
        url=session.address(f"/m/{model}"),
    )


@challenge.command("show")
@click.argument("reference", metavar="REF")
@with_session
def show(session: Session, reference: str) -> Page:
    """The trials of a model, newest first."""
    model = model_of(reference)
    found = session.platform.challenges(model)
    running = [trial for trial in found if trial.verdict is Verdict.RUNNING]
    return Page(
        says=f"{len(running)} of {len(found)} trials of {model} run." if found else f"No trials of {model} yet.",
        data={"challenges": found},
        table=Table([_row(trial) for trial in found], ("TRIAL", "VERSIONS", "WHERE", "METRIC", "ROWS", "VERDICT", "SELECTED")),
        next=[f"lamp challenge decide {running[0].id}"] if running else [f"lamp status {model}"],
        url=session.address(f"/m/{model}"),
    )


@challenge.command("decide")
@click.argument("key", metavar="TRIAL")
@click.option(
    "--from", "start", default="", metavar="T", help="first instant of the window; default: when the trial was opened"
)
@click.option("--to", "end", default="", metavar="T", help="instant behind the window; default: now")
@click.option("--conclude", is_flag=True, help="end it for good even if there is too little evidence")
@with_session
def decide(session: Session, key: str, start: str, end: str, conclude: bool) -> Page:
    """Select between the live version and its challenger on what both scored in a window of event time. The platform signs
    the selection, and the gates of the challenger read it.

    Exit 0: it may take the place. Exit 5: it may not. Exit 7: too few rows or days, ask again later. Asked again about a
    decided trial it says and ends the same.
    """
    trial = session.platform.decide(key, read(start) if start else 0, read(end) if end else 0, conclude)
    address = session.address(f"/m/{trial.model}/v/{trial.challenger}#selection")
    if trial.verdict is Verdict.RUNNING:
        return running_page(trial, session.address(f"/m/{trial.model}"))
    return decided_page(trial, session.platform.selection(key), address)


@challenge.command("export")
@click.argument("key", metavar="TRIAL")
@click.option("--out", metavar="FILE", default="", help="where to; default: by the name of the trial, here")
@with_session
def export(session: Session, key: str, out: str) -> Page:
    """Write the signed selection of a decided trial into a new file that lamp audit verify checks."""
    from lamplighter.cli.exported import check_new

    path = session.path(out or f"selection-{key}.jsonl")
    check_new(path)
    sealed = session.platform.selection(key)
    with path.open("xb") as file:
        file.write(sealed.file)
    made = sealed.selection
    return Page(
        says=f"✓ The selection of {key} ({made.choice}) is in {path}.",
        data={"trial": key, "choice": made.choice, "file": str(path), "bytes": len(sealed.file), "key": sealed.keyid},
        facts=[("key", sealed.keyid), ("keep it", "apart from the file: who has it sees a file that another key has signed")],
        next=[f"lamp audit verify {path} --head {sealed.keyid}"],
        url=session.address(f"/m/{made.model}/v/{made.challenger}#selection"),
    )


def _row(trial: Challenge) -> tuple[str, ...]:
    versions = f"v{trial.challenger} against v{trial.champion}"
    return trial.id, versions, trial.environment, trial.metric, f"{trial.rows:,}", trial.verdict.value, trial.choice or "-"


COMMANDS: Mapping[str, click.Command] = {"retrain": retrain, "retraining": retraining, "challenge": challenge}
