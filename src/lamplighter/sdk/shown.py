"""A deployed model as a notebook shows it: where it answers, what is watched, whose it is, and what comes next."""

from collections.abc import Mapping
from html import escape

from lamplighter.domain.environment import Level
from lamplighter.domain.owners import Owners
from lamplighter.domain.stage import Stage
from lamplighter.domain.version import Version
from lamplighter.sdk.interface import Platform


def card(platform: Platform, version: Version, environment: str, url: str, line: str) -> str:
    """HTML without scripts, colours or anything from elsewhere: the same in the light, in the dark and untrusted."""
    rows = {
        "Page": f"<a href='{escape(url)}'>{escape(url)}</a>",
        "Watched": escape(_watched(version)),
        **{name: escape(who) for name, who in _people(platform.project(version.model).owners).items()},
    }
    if step := _next(platform, version, environment):
        rows["Next"] = f"<code>{escape(step)}</code>"
    cell = "style='text-align: left'"
    told = "".join(f"<tr><th {cell}>{name}</th><td {cell}>{text}</td></tr>" for name, text in rows.items())
    return (
        f"<div><b>{escape(version.name)}</b> live in {escape(environment)}<table>{told}</table>"
        f"<pre style='white-space: pre-wrap'>{escape(line)}</pre></div>"
    )


def _watched(version: Version) -> str:
    count = len(version.manifest.contract.inputs)
    return f"{count} input{'' if count == 1 else 's'} and what it answers"


def _people(owners: Owners) -> Mapping[str, str]:
    """Who deploys it, who watches it and who changes it."""
    stages = {"Deploys it": Stage.DEPLOYMENT, "Watches it": Stage.MONITORING, "Changes it": Stage.MANAGEMENT}
    holders = {name: owners.holder(stage) for name, stage in stages.items()}
    return {name: holder.first for name, holder in holders.items() if holder is not None}


def _next(platform: Platform, version: Version, environment: str) -> str:
    """The way on; empty where there is none."""
    names = [place.name for place in sorted(platform.environments(), key=lambda place: list(Level).index(place.level))]
    after = names[names.index(environment) + 1 :]
    return f"lamp promote {version.model} --to {after[0]}" if after else ""
