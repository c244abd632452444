"""What was answered, what came true, and figures of both."""

from collections.abc import Sequence
from functools import partial
from math import isfinite

from lamplighter.domain.digest import Digest
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.pushed import Kept, LabelsKept, Pushed, own_id
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.watch import Watched
from lamplighter.lifecycle import digests, elsewhere, profiles, pushing, recounting, watching
from lamplighter.lifecycle import figures as exact
from lamplighter.lifecycle import rows as asked
from lamplighter.sdk.answers import Figures, Label
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import monitoring as verbs
from lamplighter.views import answering, labels, reasons
from lamplighter.views import false_alarms as alarming
from lamplighter.views import monitored as watched
from lamplighter.views import watched as watches
from lamplighter.views.answering import Service
from lamplighter.views.false_alarms import FalseAlarms
from lamplighter.views.labels import LabelStatus
from lamplighter.views.why import Why


class Monitoring(Caller, verbs.Monitoring):
    """What was answered, what came true, and figures of both."""

    def push_predictions(self, model: str, environment: str, predictions: Sequence[Pushed]) -> Kept:
        self._actor.check_within(model, environment)
        with self._kit.store.reading() as look:
            look.project(model)
            place = look.environment(environment)
        return pushing.push(self._kit, self._actor, model, place, predictions)

    def push_labels(self, model: str, labels: Sequence[Label]) -> LabelsKept:
        self._actor.check_within(model)
        with self._kit.store.reading() as look:
            look.project(model)
            away = elsewhere.runs_elsewhere(look, model)
        brought = [
            watching.Label(id=own_id(model, label.id) if away else label.id, value=label.value, revision=label.revision)
            for label in labels
        ]
        return watching.push_labels(self._kit, model, brought)

    def readings(
        self, model: str, environment: str, aspect: str = "", measure: str = "", sliced: bool = False
    ) -> list[Reading]:
        wanted = {"model": model, "environment": environment, "aspect": aspect, "measure": measure}
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            found = look.readings.of({name: value for name, value in wanted.items() if value}, sliced=sliced)
        return sorted(found, key=lambda reading: (reading.start, reading.number, reading.slice))

    def label_status(self, model: str, environment: str) -> LabelStatus:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return labels.label_status(look, self._kit.policy, model, environment)

    def why(self, model: str, environment: str = "", incident: str = "") -> Why:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            if incident:
                finding = asked.finding_of(look, model, incident, beside=environment)
                return reasons.why(look, model, finding.environment, partial(profiles.profile_of, self._kit), finding)
            place = environment or self._main(look, model)
            return reasons.why(look, model, place, partial(profiles.profile_of, self._kit))

    def false_alarms(self) -> FalseAlarms:
        with self._kit.store.reading() as look:
            return alarming.false_alarms(look, policy=self._kit.policy, allowed=self._kit.settings.false_alarms)

    def digest(self, model: str) -> Digest:
        with self._kit.store.reading() as look:
            return digests.digest(look, model, self._kit.clock.now())

    def monitored(self, model: str, environment: str = "") -> Monitored:
        with self._kit.store.reading() as look:
            return watched.monitored(look, model, now=self._kit.clock.now(), environment=environment)

    def watched(self, model: str = "") -> list[Watched]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return watches.watched(look, policy=self._kit.policy, now=self._kit.clock.now(), model=model)

    def figures(self, model: str, environment: str, number: int, start: int, end: int) -> Figures:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
        found = exact.figures(self._kit, model, environment, number, start, end)
        return Figures(
            number=number,
            start=start,
            end=end,
            rows=max((figure.n for figure in found.values()), default=0),
            values={name: figure.value for name, figure in found.items()},
            low={name: figure.low for name, figure in found.items() if isfinite(figure.low)},
            high={name: figure.high for name, figure in found.items() if isfinite(figure.high)},
        )

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
        if not (environment or incident):
            with self._kit.store.reading() as look:
                look.project(model)
                environment = self._main(look, model)
        wanted = asked.Asked(model, environment, incident, condition, number, start, end, limit)
        return asked.rows(self._kit, self._actor, wanted)

    def recount(self, model: str, environment: str, since: int = 0) -> Recounted:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
        return recounting.recount(self._kit, self._actor, model, environment, since)

    def service(self, model: str, environment: str, seconds: int = 86400) -> Service:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return answering.service(look, model, environment, now=self._kit.clock.now(), seconds=max(60, seconds))
