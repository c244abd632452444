"""RUNNING: serve."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session

if TYPE_CHECKING:  # help needs no server
    from lamplighter.domain.pinned import Pinned
    from lamplighter.node.alone import Source


_PATH = click.Path(path_type=Path)


@click.command(cls=Verb)
@click.argument("pinned", metavar="FILE", type=_PATH)
@click.option("--callers", metavar="DIR", required=True, type=_PATH, help="a file for each application, with its token")
@click.option("--models", metavar="DIR", type=_PATH, help="its files, each named by its digest; default: the platform is asked")
@click.option("--host", default="127.0.0.1", show_default=True, help="where it listens")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="and at which port")
@click.option("--workers", type=click.IntRange(1, 512), default=1, show_default=True, help="how many processes answer")
@click.option(
    "--known-as", "names", multiple=True, metavar="NAME", help="a further name for the Host header; may be given often"
)
@click.option("--insecure-plain-http", "plain", is_flag=True, help="listen beyond this machine without encryption")
@with_session
def serve(
    session: Session,
    pinned: Path,
    callers: Path,
    models: Path | None,
    host: str,
    port: int,
    workers: int,
    names: tuple[str, ...],
    plain: bool,
) -> Page:
    """Serve the one version that a file of lamp export kserve pins, and no other, until Ctrl-C. Its bytes are checked against
    the digest. Where the platform is asked for them, it is also asked whether its gates let the version in."""
    from lamplighter.node.alone import Alone, from_folder, read_pinned
    from lamplighter.node.alone import serve as served
    from lamplighter.node.machine import Listening, further
    from lamplighter.settings import read_settings

    told = read_pinned(session.path(str(pinned)))
    listening = Listening(host=host, port=port, workers=workers, further=further(names, plain=plain))
    alone = Alone(told, read_settings().folder / "alone", listening, session.path(str(callers)))
    alone.bring(from_folder(session.path(str(models))) if models else _asked(session, told))
    served(alone)
    return Page(says=f"{told.version} is served here no more.", data={"version": told.version, "digest": told.digest})


def _asked(session: Session, pinned: "Pinned") -> "Source":
    """The platform, once it has said that it let the version in."""
    from lamplighter.domain.errors import Blocked

    model, environment = pinned.route.models[0].model, pinned.route.environment
    found = session.platform.version(f"{model}@sha256:{pinned.digest}")
    newest = next((one for one in found.decisions if one.environment == environment), None)
    if newest is None or not newest.passed:
        raise Blocked(
            f"{pinned.version} is not served.",
            why=f"The newest decision for {environment} does not let it in.",
            fix=f"See what was said: lamp check {pinned.version} --env {environment}",
            code="E1476",
        )
    return session.platform.artifact


COMMANDS: Mapping[str, click.Command] = {"serve": serve}
