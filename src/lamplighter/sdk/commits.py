"""The version that a commit made: what a pipeline takes when it runs again, where training anew would give another one."""

from pathlib import Path

from lamplighter.domain.errors import NotFound
from lamplighter.domain.version import Version
from lamplighter.sdk.build import commit_of
from lamplighter.sdk.interface import Platform


def version_of_commit(platform: Platform, model: str, folder: Path) -> Version | None:
    """The newest version that was registered from the commit of a folder.

    Nothing if there is none, if files differ from the commit, and outside a repository.
    """
    commit = commit_of(folder)
    if not commit or commit.endswith("-dirty"):
        return None
    try:
        known = platform.versions(model)
    except NotFound:
        return None
    return next((version for version in reversed(known) if version.manifest.provenance.commit == commit), None)
