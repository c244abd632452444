"""What a build was made with, written down so that it can be made again."""

import platform
from typing import Any

import msgspec

from lamplighter import __version__
from lamplighter.domain.origin import KIND, Origin, Rows
from lamplighter.domain.record import canonical, digest_of
from lamplighter.packaging.draft import Draft
from lamplighter.packaging.installed import installed
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.evaluation import Rows as Labelled


def origin(build: Build, draft: Draft, measured: Labelled | None) -> Facts:
    """The environment of this process and the digests of its data."""
    lock, local = installed()
    rows = len(next(iter(draft.columns.values()), ()))
    data = {"sample": Rows(digest=_digest(draft.columns), rows=rows)}
    if draft.labels:
        data["labels"] = Rows(digest=_digest(draft.labels), rows=len(draft.labels))
    if measured is not None:
        data["evaluation"] = Rows(digest=_digest(measured[:2]), rows=len(measured[1]))
    found = Origin(
        lock=lock,
        local=local,
        lamplighter=__version__,
        system=f"{platform.system()} {platform.machine()}",
        folder=build.folder,
        data=data,
    )
    return Facts(kind=KIND, facts=msgspec.to_builtins(found))


def _digest(value: Any) -> str:
    return digest_of(canonical(value))
