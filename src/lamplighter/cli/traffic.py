"""DAILY: deploy, promote, shadow, rollback: who has the traffic."""

from collections.abc import Mapping

import click

from lamplighter.cli import deploying
from lamplighter.cli.flags import Verb
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.pages.shadow import shadow_page
from lamplighter.cli.places import ENV, live_in, main_place, model_of, step_before, target_place
from lamplighter.cli.session import Session, with_session
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.names import Live, Number, Previous, parse_reference

_WAIT = click.option("--wait", is_flag=True, help="stay until it is live, stopped, held, or waits for people")
_DRY = click.option("--dry-run", is_flag=True, help="say what would happen; change nothing")


@click.command(cls=Verb)
@click.argument("source", metavar="[PATH|REF]", default=".")
@click.option("--env", "environment", envvar="LAMP_ENV", default="", metavar="ENV", help="where; default: where it is live")
@_WAIT
@_DRY
@click.option("--by-commit", is_flag=True, help="build nothing where this commit has made a version; for pipelines")
@click.option("--emergency", is_flag=True, help="past freezes, windows and missing acceptances; a second person reviews it")
@click.option("--reason", default="", help="why it is an emergency, for whoever reviews it")
@with_session
def deploy(
    session: Session,
    source: str,
    environment: str,
    wait: bool,
    dry_run: bool,
    by_commit: bool,
    emergency: bool,
    reason: str,
) -> Page:
    """Bring a version into an environment: build, check and register the model of a folder, or take one that is registered.
    Asked again, it goes on with the rollout that there is."""
    if by_commit and (dry_run or emergency or reason or not deploying.is_folder(session, source)):
        raise Invalid(
            "That does not go together.",
            why="--by-commit looks for the version that the commit of a folder made, and then builds nothing.",
            fix="Write lamp deploy FOLDER --by-commit, or leave --by-commit out.",
            code="E1107",
        )
    if emergency or reason:
        return _in_emergency(session, source, environment, reason, wait=wait, lawful=emergency and not dry_run)
    if deploying.is_folder(session, source):
        return deploying.deploy_folder(session, source, environment, wait=wait, dry_run=dry_run, by_commit=by_commit)
    place = target_place(session, parse_reference(source).model, environment)
    if dry_run:
        return deploying.foretold(session, source, place)
    return deploying.deployed(session, source, place, wait=wait)


def _in_emergency(session: Session, source: str, environment: str, reason: str, *, wait: bool, lawful: bool) -> Page:
    if not lawful or not environment or deploying.is_folder(session, source):
        raise Invalid(
            "That is not how an emergency is declared.",
            why="It names a registered version, its environment and a reason, and cannot be tried out.",
            fix="Write lamp deploy REF --env ENV --emergency --reason WHY.",
            code="E1145",
        )
    return deploying.declared(session, source, environment, reason, wait=wait)


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--to", "environment", required=True, metavar="ENV", help="the environment that it comes into")
@_WAIT
@_DRY
@with_session
def promote(session: Session, reference: str, environment: str, wait: bool, dry_run: bool) -> Page:
    """Bring a version one environment further. A name alone means what is live in the environment before."""
    wanted = _promoted(session, reference, environment)
    if dry_run:
        return deploying.foretold(session, wanted, environment)
    return deploying.deployed(session, wanted, environment, wait=wait)


def _promoted(session: Session, reference: str, environment: str) -> str:
    parsed = parse_reference(reference)
    if isinstance(parsed.selector, Previous):
        raise Invalid(
            "The version before cannot be promoted by that name.",
            why="prev is what a rollback returns to, in one environment.",
            fix=f"Write its number, such as {parsed.model}@7, or use lamp rollback {parsed.model}.",
            code="E1187",
        )
    if parsed.selector is not None and not isinstance(parsed.selector, Live):
        return reference
    before = step_before(session, parsed.model, environment)
    if before is None:
        raise NotFound(
            f"{parsed.model} is not live in an environment before {environment}.",
            why="A promotion brings what is live one environment further.",
            fix=f"Name the version: lamp promote {parsed.model}@NUMBER --to {environment}",
            code="E1282",
        )
    return f"{parsed.model}@{before.number}"


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@ENV
@click.option("--end", is_flag=True, help="end it: no version scores along any more")
@click.option("--show", is_flag=True, help="how it compares with the live version so far")
@click.option("--evidence", is_flag=True, help="the same, written down as evidence of the version")
@with_session
def shadow(session: Session, reference: str, environment: str, end: bool, show: bool, evidence: bool) -> Page:
    """Let a version score along with the live one, without answering."""
    if end + show + evidence > 1:
        raise Invalid(
            "Only one thing at a time.",
            why="--end, --show and --evidence are three commands.",
            fix="Leave two of them out.",
            code="E1194",
        )
    model = parse_reference(reference).model
    place = main_place(session, model, environment)
    if show or evidence:
        return shadow_page(session, model, place, keep=evidence)
    number = 0 if end else session.platform.version(reference, place).version.number
    routing = session.platform.shadow(model, place, number)
    told = f"v{number} of {model} scores along in {place}; v{routing.champion.number if routing.champion else 0} answers."
    return Page(
        says=f"No version of {model} scores along in {place} any more." if end else told,
        data={"routing": routing},
        next=[f"lamp status {model}"] if end else [f"lamp challenge start {model}@{number} --env {place}"],
        url=session.address(f"/m/{model}"),
    )


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--to", "target", metavar="V", default="", help="number of the version to return to; default: the one before")
@ENV
@click.option("--reason", default="", help="why, for the record")
@with_session
def rollback(session: Session, reference: str, target: str, environment: str, reason: str) -> Page:
    """Give all traffic back to the version before. The safe action: no gate stands in its way."""
    model = model_of(reference)
    place = main_place(session, model, environment)
    number = _number(model, target)
    leaving = _ask(session, model, place, number)
    done = session.platform.roll_back(model, place, number, reason, leaving)
    return Page(
        says=f"✓ v{done.now} of {model} has all traffic in {place} ({done.seconds:.1f} s).",
        data={"rollback": done},
        next=[f"lamp status {model}", f"lamp promote {model}@{done.before} --to {place}"],
        url=session.address(f"/m/{model}"),
    )


def _number(model: str, text: str) -> int:
    if not text:
        return 0
    words = text if "@" in text else f"{model}@{text.removeprefix('v')}"
    parsed = parse_reference(words)
    if parsed.model == model and isinstance(parsed.selector, Number):
        return parsed.selector.number
    raise Invalid(
        "That is not a version to return to.", why="--to takes the number of a version.", fix="Write --to 7.", code="E1188"
    )


def _ask(session: Session, model: str, place: str, number: int) -> int:
    """Ask whether to go back; gives the version that is live at this moment, 0 for none."""
    live = next((live for live in live_in(session, model) if live.environment == place), None)
    if live is None:
        session.ask(f"Roll back {model} in {place}?", ())
        return 0
    if live.elsewhere:
        # The refusal says what to do there; there is nothing to say yes to.
        return live.number
    target = f"v{number or live.previous}" if number or live.previous else "the version before"
    details = [f"v{live.number} has served since {local(live.since)}.", "All traffic moves at once; nothing restarts."]
    undo = f"Undo: lamp promote {model}@{live.number} --to {place}"
    session.ask(f"Roll back {model} in {place} from v{live.number} to {target}?", [*details, undo])
    return live.number


COMMANDS: Mapping[str, click.Command] = {"deploy": deploy, "promote": promote, "shadow": shadow, "rollback": rollback}
