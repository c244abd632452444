"""A candidate: a version in the registry of MLflow. Its files are kept as they are, and nothing of it can be served.

It becomes a version of ours when somebody packs it: the manifest then names the candidate, and the digest of its files.
"""

from collections.abc import Mapping

import msgspec

from lamplighter.domain.record import Record, canonical, digest_of

#: The alias and the stage that mean: this version has the traffic.
CHAMPION, PRODUCTION = "champion", "Production"
#: Every stage that a client may ask for.
STAGES = ("None", "Staging", PRODUCTION, "Archived")


class RegisteredModel(Record, frozen=True):
    """A name under which candidates are gathered."""

    name: str
    created_at: int
    updated_at: int
    author: str
    description: str = ""
    tags: Mapping[str, str] = {}
    #: Numbers of candidates by alias. `champion` is never among them: it is whatever has the traffic.
    aliases: Mapping[str, int] = {}
    #: The highest number that was ever given.
    highest: int = 0


class Packed(Record, frozen=True):
    """The version of ours that a candidate became last."""

    model: str
    number: int
    digest: str


class Candidate(Record, frozen=True):
    """One candidate."""

    name: str
    number: int
    #: Under which its files are kept: they were copied when it was made, and do not change.
    root: str
    #: Digest of all of its files.
    digest: str
    created_at: int
    updated_at: int
    author: str
    #: What the client named as its source, and the run and the logged model it comes from.
    source: str
    run: str = ""
    logged_model: str = ""
    stage: str = "None"
    description: str = ""
    tags: Mapping[str, str] = {}
    packed: Packed | msgspec.UnsetType = msgspec.UNSET

    @property
    def uri(self) -> str:
        """How clients name it."""
        return f"models:/{self.name}/{self.number}"


def digest_of_files(files: Mapping[str, str]) -> str:
    """The digest of files, given their digests by path."""
    return digest_of(canonical(dict(files)))
