"""What was answered, what came true, and figures of both."""

from collections.abc import Sequence
from typing import Protocol

from lamplighter.domain.digest import Digest
from lamplighter.domain.identity import Permission
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.pushed import Kept, LabelsKept, Pushed
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.watch import Watched
from lamplighter.sdk.answers import Figures, Label
from lamplighter.sdk.door import door
from lamplighter.views.answering import Service
from lamplighter.views.false_alarms import FalseAlarms
from lamplighter.views.labels import LabelStatus
from lamplighter.views.why import Why


class Monitoring(Protocol):
    """What was answered, what came true, and figures of both."""

    @door("POST", "/models/{model}/predictions", Permission.PUSH)
    def push_predictions(self, model: str, environment: str, predictions: Sequence[Pushed]) -> Kept:
        """Bring predictions that a model made elsewhere: all are kept, or none. An id that is known changes nothing,
        and neither does a prediction of a day whose rows are not kept any more."""
        ...

    @door("POST", "/models/{model}/labels", Permission.LABEL)
    def push_labels(self, model: str, labels: Sequence[Label]) -> LabelsKept:
        """Say what really happened, by prediction id; says how many labels came, and how many of them change no figure."""
        ...

    @door("GET", "/models/{model}/readings", Permission.READ)
    def readings(
        self, model: str, environment: str, aspect: str = "", measure: str = "", sliced: bool = False
    ) -> list[Reading]:
        """Figures by window, oldest first: of all rows, or those of slices if they are asked for."""
        ...

    @door("GET", "/models/{model}/labels", Permission.READ)
    def label_status(self, model: str, environment: str) -> LabelStatus:
        """How many labels came and how late, and how many wait for a prediction that nobody knows."""
        ...

    @door("GET", "/models/{model}/why", Permission.READ)
    def why(self, model: str, environment: str = "", incident: str = "") -> Why:
        """Why it got worse: where the loss has grown and which inputs moved, for the window of an incident or the newest bad.

        An incident says itself which environment it is about.
        """
        ...

    @door("GET", "/false-alarms", Permission.READ)
    def false_alarms(self) -> FalseAlarms:
        """How many false alarms a month are expected of all live models together at most, by tier, and how many are allowed."""
        ...

    @door("GET", "/models/{model}/digest", Permission.READ)
    def digest(self, model: str) -> Digest:
        """Whether a model does its job: its newest whole week in one sentence, in the words of its business owner."""
        ...

    @door("GET", "/models/{model}/monitor", Permission.READ)
    def monitored(self, model: str, environment: str = "") -> Monitored:
        """What is drawn of a model: a bounded number of figures of service and quality, however long its history is."""
        ...

    @door("GET", "/monitors", Permission.READ)
    def watched(self, model: str = "") -> list[Watched]:
        """Whether each live model is watched, the worst first: what is missing, silent, stale or dead, and for how long."""
        ...

    @door("GET", "/models/{model}/figures", Permission.READ)
    def figures(self, model: str, environment: str, number: int, start: int, end: int) -> Figures:
        """Exact figures of one version on the labelled rows of a window of event time."""
        ...

    @door("GET", "/models/{model}/rows", Permission.ROWS)
    def rows(
        self,
        model: str,
        environment: str = "",
        incident: str = "",
        condition: str = "",
        number: int = 0,
        start: int = 0,
        end: int = 0,
        limit: int = USUAL_ROWS,
    ) -> Rows:
        """Rows that a model was asked for: those behind an incident, or of a window of event time, that meet a condition.

        The condition is such as `origin = EWR, delay > 20`; the names of slices are conditions too. An incident says itself
        which environment, version and window it is about. Without one and without an environment the most protected one counts
        in which the model is live, 0 for `number` is every version, and 0 for `end` is now. `limit` is at most 50,000; of more
        rows an even sample is given.
        """
        ...

    @door("POST", "/models/{model}/recounts", Permission.DEPLOY)
    def recount(self, model: str, environment: str, since: int = 0) -> Recounted:
        """Count the prediction log anew, from the day of a moment of event time on: for counts that are lost or damaged."""
        ...

    @door("GET", "/models/{model}/service", Permission.READ)
    def service(self, model: str, environment: str, seconds: int = 86400) -> Service:
        """What callers felt in the last seconds."""
        ...
