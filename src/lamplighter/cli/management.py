"""MANAGEMENT: retrain, challenge."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun, Verb
from lamplighter.cli.instants import local, read
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, main_place, model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.names import parse_reference


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
        next=[f"lamp status {model}"],
        url=session.address(f"/m/{model}"),
    )


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
        next=[f"lamp challenge show {model}", f"lamp challenge decide {begun.id} --from T --to T"],
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
        table=Table([_row(trial) for trial in found], ("TRIAL", "VERSIONS", "WHERE", "METRIC", "ROWS", "VERDICT")),
        next=[f"lamp challenge decide {running[0].id} --from T --to T"] if running else [f"lamp status {model}"],
        url=session.address(f"/m/{model}"),
    )


@challenge.command("decide")
@click.argument("key", metavar="TRIAL")
@click.option("--from", "start", required=True, metavar="T", help="first instant of the window, such as 2026-03-01")
@click.option("--to", "end", required=True, metavar="T", help="instant behind the window")
@click.option("--conclude", is_flag=True, help="end it for good even if there is too little evidence")
@with_session
def decide(session: Session, key: str, start: str, end: str, conclude: bool) -> Page:
    """Decide a trial on the labelled rows of a window of event time. The result is evidence of the challenger.

    With too few rows or days it goes on, unless you conclude it.
    """
    trial = session.platform.decide(key, read(start), read(end), conclude)
    return Page(
        says=f"{trial.id}: {_verdict(trial)}",
        data={"challenge": trial},
        facts=[*_figures(trial), ("window", f"{local(trial.start)} to {local(trial.end)}")],
        next=[f"lamp promote {trial.model}@{trial.challenger} --to {trial.environment}"]
        if trial.verdict is Verdict.CHALLENGER_WINS
        else [f"lamp challenge show {trial.model}"],
        url=session.address(f"/m/{trial.model}"),
    )


def _verdict(trial: Challenge) -> str:
    if trial.verdict is Verdict.RUNNING:
        return trial.why
    told = {
        Verdict.CHALLENGER_WINS: f"v{trial.challenger} is better than v{trial.champion}",
        Verdict.CHAMPION_STAYS: f"v{trial.champion} stays: v{trial.challenger} is not better",
        Verdict.NOT_ENOUGH_EVIDENCE: f"{trial.rows:,} labelled rows do not decide it",
    }
    why = f" {trial.why}" if trial.verdict is Verdict.NOT_ENOUGH_EVIDENCE else ""
    return f"{told[trial.verdict]}.{why}".rstrip()


def _figures(trial: Challenge) -> list[tuple[str, str]]:
    """What was compared; nothing where too little was there."""
    if not trial.has_interval:
        return []
    return [
        (f"v{trial.champion}", f"{trial.metric} {trial.champion_value:.4f} (live)"),
        (f"v{trial.challenger}", f"{trial.metric} {trial.challenger_value:.4f}"),
        ("difference", f"{trial.difference:+.4f} ({trial.low:+.4f} to {trial.high:+.4f}, 95 %) on {trial.rows:,} rows"),
    ]


def _row(trial: Challenge) -> tuple[str, ...]:
    versions = f"v{trial.challenger} against v{trial.champion}"
    return trial.id, versions, trial.environment, trial.metric, f"{trial.rows:,}", trial.verdict.value


COMMANDS: Mapping[str, click.Command] = {"retrain": retrain, "challenge": challenge}
