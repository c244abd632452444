"""ADMIN: env, doctor, completion, help."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun, Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def env() -> None:
    """The environments, by how protected they are."""


@env.command("list")
@with_session
def list_environments(session: Session) -> Page:
    """Every environment, the least protected first."""
    from lamplighter.cli.places import by_level
    from lamplighter.cli.table import Table

    found = by_level(session)
    rows = [(place.name, place.level.value, place.address, str(place.workers), place.target) for place in found]
    return Page(
        says=f"{len(found)} environment{'' if len(found) == 1 else 's'}.",
        data={"environments": found},
        table=Table(rows, ("ENVIRONMENT", "LEVEL", "ADDRESS", "WORKERS", "TARGET"), frozenset({3})),
        next=["lamp env add NAME --level LEVEL --port PORT"],
    )


@env.command("add")
@click.argument("name", metavar="NAME")
@click.option("--level", required=True, type=click.Choice(["development", "acceptance", "production"]), help="how protected")
@click.option("--port", required=True, type=click.IntRange(1, 65535), help="where it answers")
@click.option("--grpc-port", type=click.IntRange(0, 65535), help="where it answers gRPC as well; 0 for nowhere")
@click.option("--workers", type=click.IntRange(1, 64), help="processes that answer; 1 if it is new")
@click.option("--target", metavar="TARGET", help="local, or nodes for machines elsewhere; local if it is new")
@click.option("--host", metavar="HOST", help="name or address that callers reach it by; 127.0.0.1 if it is new")
@click.option("--tls/--no-tls", default=None, help="whether callers reach it by TLS, at a proxy in front of machines elsewhere")
@with_session
def add_environment(session: Session, /, name: str, level: str, port: int, **more: str | int | None) -> Page:
    """Add an environment; one of the same name is changed, and keeps what is not named."""
    import msgspec

    from lamplighter.domain.environment import Environment, Level
    from lamplighter.domain.names import model_name

    new = Environment(name=model_name(name), level=Level(level), port=port)
    here = next((one for one in session.platform.environments() if one.name == name), new)
    named = {field: value for field, value in more.items() if value is not None}
    wanted = msgspec.structs.replace(here, level=Level(level), port=port, **named)
    saved = session.platform.save_environment(name, wanted)
    return Page(
        says=f"✓ {saved.name} ({saved.level}) answers at {saved.address}.",
        data={"environment": saved},
        next=["lamp env list", f"lamp deploy REF --env {saved.name}"],
    )


@click.command(cls=Verb)
@with_session
def doctor(session: Session) -> Page:
    """What is wrong with this machine and with the platform on it, and what to do about it. Exit 8 if something is."""
    from lamplighter.cli.doctor import examined

    return examined(session)


@click.command(cls=Verb)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@with_session
def completion(_: Session, shell: str) -> Page:
    """Print the completion of commands and options for your shell, such as: eval "$(lamp completion bash)"."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    kind = get_completion_class(shell)
    assert kind is not None, shell
    script = kind(root, {}, "lamp", "_LAMP_COMPLETE").source()
    return Page(says="", data={"shell": shell, "script": script}, text=script)


@click.command("help", cls=Verb)
@click.argument("topic", metavar="[TOPIC]", default="")
@with_session
def help_topic(_: Session, topic: str) -> Page | int:
    """All commands, or a topic: exit-codes, refs, env, words."""
    from lamplighter.cli.topics import topic_page

    if topic:
        return topic_page(topic)
    click.echo(click.get_current_context().find_root().get_help())
    return 0


COMMANDS: Mapping[str, click.Command] = {"env": env, "doctor": doctor, "completion": completion, "help": help_topic}
