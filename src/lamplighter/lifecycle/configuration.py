"""What the configuration names beyond itself: channels, trainers, the rule book and a key have to be there before a platform
starts, for nobody would look for them at night."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lamplighter import plugins
from lamplighter.domain.addresses import is_here
from lamplighter.domain.errors import Invalid, LampError, NotFound
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Policy
from lamplighter.lifecycle import reachable, rulebook
from lamplighter.settings import Settings

_STARTER = Path(__file__).parents[1] / "policies" / "starter.toml"


def check(settings: Settings) -> None:
    """Raise `Invalid` for a field that names what is not there."""
    for field, lawful in _HELD.items():
        try:
            lawful(settings)
        except LampError as error:
            raise Invalid(
                "The configuration is not valid.", why=f"`{field}`: {error.what} {error.why}", fix=error.fix, code="E1120"
            ) from None


def rule_book(settings: Settings) -> Policy:
    """The rule book of the settings, or the starter policy; raises `Invalid`, and `NotFound` for a file that is not there."""
    try:
        text = (Path(settings.policy) if settings.policy else _STARTER).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(
            "The rule book cannot be read.",
            why=f"The file that `policy` names gives {type(error).__name__}.",
            fix="Correct policy in config.toml or LAMP_POLICY, or leave it out for the starter policy.",
            code="E1120",
        ) from None
    return rulebook.checked(text)


def _check_channels(settings: Settings) -> None:
    reachable.check(settings, settings.channels)


def _check_trainers(settings: Settings) -> None:
    known = plugins.names("trainers")
    for name, training in settings.trainings.items():
        if training.trainer not in known:
            raise unknown("trainer", training.trainer, known)
        if training.cluster and not settings.public_url and not is_here(training.cluster):
            raise Invalid(
                f"The training {name} could not reach the platform.",
                why="Its cluster is on another machine, and the platform listens on this one only.",
                fix="Set public_url to the address that a proxy with TLS gives the platform.",
            )


def _check_targets(settings: Settings) -> None:
    known = plugins.names("targets")
    for environment in settings.environments:
        if environment.target not in known:
            raise unknown("target", environment.target, known)


def _check_store(settings: Settings) -> None:
    kind, known = urlsplit(settings.artifact_store).scheme, set(plugins.names("artifacts")) - {"local"}
    if not kind:
        return
    if kind not in known:
        raise unknown("artifact store", kind, known)
    try:
        plugins.plugin("artifacts", kind)
    except ModuleNotFoundError:
        raise NotFound(
            "The artifact store needs a package that is not installed.",
            why=f"Artifacts in {kind} need lamplighter[{kind}].",
            fix=f'Install it with pip install "lamplighter[{kind}]", or leave artifact_store out.',
            code="E1120",
        ) from None


def _check_key(settings: Settings) -> None:
    if settings.sign_with and not settings.signing_key.is_file():
        raise NotFound(
            "There is no signing key.",
            why="The file that `sign_with` names is not there, and no other is made in its place.",
            fix="Correct sign_with in config.toml or LAMP_SIGN_WITH, or make the key there with lamp key new.",
            code="E1120",
        )


_HELD: Mapping[str, Callable[[Settings], object]] = {
    "channels": _check_channels,
    "trainings": _check_trainers,
    "environments": _check_targets,
    "artifact_store": _check_store,
    "sign_with": _check_key,
    "policy": rule_book,
}
