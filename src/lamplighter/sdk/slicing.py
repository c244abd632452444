"""A model as somebody in a notebook looks at it: the rows behind what is wrong, those it learned from, and its versions."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.rows import USUAL_ROWS
from lamplighter.domain.version_comparison import VersionComparison
from lamplighter.sdk.connect import connect
from lamplighter.sdk.frame import Frame, frame_of, sample_frame
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.pulling import Pulled, pull

if TYPE_CHECKING:
    from lamplighter.sdk.estimator import DeployedClassifier, DeployedRegressor

_INCIDENT = "incident:"
#: A moment: a time, a text in ISO 8601, or microseconds since the epoch; UTC where no zone is named.
Moment = datetime | str | int


class Model:
    """One model on a platform."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.name = name
        self._platform = platform

    def slice(
        self,
        what: str = "",
        *,
        where: str = "",
        environment: str = "",
        number: int = 0,
        start: Moment = 0,
        end: Moment = 0,
        limit: int = USUAL_ROWS,
    ) -> Frame:
        """Rows that the model was asked for, with scores, decisions and the labels that have come, oldest first.

        `what` is `incident:I-31` for the rows behind an incident, or a condition such as `origin = EWR, delay > 20`; `where`
        is a condition that goes with either. `start` and `end` bound the event time, and `number` is that of a version. Of more
        than `limit` rows, at most 50,000, an even sample is given. Raises `NotAllowed` for whoever may not see rows.
        """
        incident = what.removeprefix(_INCIDENT) if what.startswith(_INCIDENT) else ""
        conditions = (where if incident else ", ".join(text for text in (what, where) if text)).strip()
        found = self._platform.rows(
            self.name,
            environment=environment,
            incident=incident,
            condition=conditions,
            number=number,
            start=instant(start),
            end=instant(end),
            limit=limit,
        )
        return frame_of(found)

    def reference(self, number: int = 0, environment: str = "") -> Frame:
        """The rows of the reference that are kept with a version, the live one unless a number is given; 1,000 at most.

        Raises `NotFound`, and `Conflict` for a version that runs elsewhere, which has counts of its reference and no rows.
        """
        version = self._platform.version(f"{self.name}@{number or 'live'}", environment).version
        if version.elsewhere:
            raise Conflict(
                f"{version.name} has no rows of its reference here.",
                why="Of a model that runs elsewhere only counts of the reference were brought.",
                fix="Read the rows from the table that it was adopted with.",
                code="E1575",
            )
        sample = version.manifest.artifact("sample")
        return sample_frame(self._platform.artifact(sample.digest), version.manifest.contract, version.name)

    def pull(self, folder: str = "", number: int = 0, environment: str = "", *, trust: bool = False) -> Pulled:
        """A version in a new folder, with what checks it without any platform; the live one unless a number is given.

        `trust` lets the check open a model whose opening runs code. Raises `NotFound`, `Conflict` for a folder that is there,
        and `Invalid` for bytes that are not those of the version.
        """
        return pull(self._platform, f"{self.name}@{number or 'live'}", folder, environment=environment, trust=trust)

    def compare(self, *versions: int | str, environment: str = "") -> VersionComparison:
        """Versions held against the live one, on the rows that all of them were evaluated on; the newest unless some are named.

        Raises `NotFound` for a version that does not exist, and `Invalid` for too many.
        """
        return self._platform.compare(self.name, ",".join(map(str, versions)), environment)

    def estimator(self, environment: str = "") -> "DeployedClassifier | DeployedRegressor":
        """What answers live, as an estimator of scikit-learn: in the most protected environment unless one is named.

        Raises `NotFound` where it is not live, `Conflict` for a model that runs elsewhere, and `Invalid` without scikit-learn.
        """
        try:
            from lamplighter.sdk.estimator import estimator
        except ModuleNotFoundError:
            raise Invalid(
                "scikit-learn is not installed.",
                why="A deployed model becomes an estimator by the classes of scikit-learn.",
                fix='Install it: pip install "lamplighter[ml]".',
                code="E1646",
            ) from None
        return estimator(self._platform, self.name, environment)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def model(name: str, platform: Platform | None = None) -> Model:
    """The model of that name, on the platform that the surroundings name unless one is given; raises `NotFound`."""
    place = platform or connect()
    place.project(name)
    return Model(place, name)


def instant(moment: Moment) -> int:
    """Microseconds since the epoch; raises `Invalid`."""
    if isinstance(moment, int):
        return moment
    try:
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        raise Invalid(
            "That is not an instant.",
            why="An instant is a date and, if needed, a time, as in ISO 8601.",
            fix="Write 2026-03-03T14:32+01:00 or 2026-03-03.",
            code="E1180",
        ) from None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000_000)
