"""What two versions made of the same requests, read from the prediction log: decisions that turn, and how long each took."""

import hashlib
from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.environment import Environment
from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.domain.rows import Clock, Window
from lamplighter.domain.version import Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import recordings
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.looking import LONGEST
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.guardrails import BoolArray

_PAIR = 2


class Abreast(NamedTuple):
    """Parallel arrays: by row, and by request whose time is known of both."""

    consumers: tuple[str, ...]
    #: Of each row: the place of its consumer among them, its day, and whether its decision turns.
    consumer: IntArray
    day: IntArray
    turned: BoolArray
    #: Milliseconds of the champion and of the challenger.
    champion_ms: FloatArray
    challenger_ms: FloatArray
    #: SHA-256 of all of it.
    digest: str
    looked_through: float

    def of(self, consumers: Collection[str]) -> tuple[BoolArray, IntArray]:
        """What turned of some consumers, and on which days."""
        mine = np.isin(self.consumer, [self.consumers.index(one) for one in consumers])
        return self.turned[mine], numbered(self.day[mine])


def numbered(days: IntArray) -> IntArray:
    """The days as numbers from 0."""
    return np.unique(days, return_inverse=True)[1].astype(np.int64)


class Deciding(NamedTuple):
    """From which score on a row of a consumer is decided for."""

    champion: float
    challenger: float
    #: Consumers that decide by a threshold of their own, whichever version answers.
    own: Mapping[str, float]

    def at(self, consumer: str) -> tuple[float, float]:
        """For the champion and for the challenger; infinite where nobody decides."""
        mine = self.own.get(consumer)
        return (self.champion, self.challenger) if mine is None else (mine, mine)


def deciding(champion: Version, challenger: Version, own: Mapping[str, float]) -> Deciding:
    """What decides; a number decides nothing where its consumer has no threshold."""
    return Deciding(_threshold(champion), _threshold(challenger), own)


def _threshold(version: Version) -> float:
    decides = version.manifest.contract.output.meaning is Meaning.PROBABILITY
    return version.manifest.decision.threshold if decides else np.inf


def read(kit: Kit, environment: Environment, pair: tuple[Version, Version], decides: Deciding, start: int, end: int) -> Abreast:
    """Every request of a window of event time that both of a pair of versions scored, the newest part of the log first."""
    found: dict[str, dict[str, Scored]] = {}
    whole, model, window = 1.0, pair[0].model, Window(Clock.EVENT, start, end)
    digests, begun = {one.digest for one in pair}, kit.clock.elapsed()
    with recordings.newest_first(kit, model, environment.name, window) as files:
        size = left = sum(file.size for file in files)
        for file in files:
            if kit.clock.elapsed() - begun > LONGEST:
                whole = 1.0 - left / size if size else 0.0
                break
            left -= file.size
            for record in file.records(model, window):
                if record.digest in digests and _counts(record):
                    found.setdefault(record.row_id(0), {})[record.digest] = _bare(record)
    both = [(key, one[pair[0].digest], one[pair[1].digest]) for key, one in sorted(found.items()) if len(one) == _PAIR]
    return _arrays([one for one in both if len(one[1].scores) == len(one[2].scores)], decides, whole)


def _counts(record: Scored) -> bool:
    return bool(record.scores) and record.arm is not Arm.FALLBACK and not record.consumer.startswith(DRILL)


def _bare(record: Scored) -> Scored:
    """Without its inputs, which nobody needs here."""
    return msgspec.structs.replace(record, columns={})


def _arrays(both: list[tuple[str, Scored, Scored]], decides: Deciding, looked_through: float) -> Abreast:
    names = tuple(sorted({one.consumer for _, one, _ in both}))
    place = {name: at for at, name in enumerate(names)}
    sizes = [len(one.scores) for _, one, _ in both]
    thresholds = np.array([decides.at(one.consumer) for _, one, _ in both]).reshape(-1, 2)
    mine, theirs = np.repeat(thresholds[:, 0], sizes), np.repeat(thresholds[:, 1], sizes)
    was = np.array([score for _, one, _ in both for score in one.scores], dtype=np.float64)
    now = np.array([score for _, _, other in both for score in other.scores], dtype=np.float64)
    times = np.array([(one.duration, other.duration) for _, one, other in both], dtype=np.float64).reshape(-1, 2)
    timed = times[(times >= 0.0).all(axis=1)] / 1000.0
    consumer = np.repeat(np.array([place[one.consumer] for _, one, _ in both], dtype=np.int64), sizes)
    day = np.repeat(np.array([one.event_at // DAY for _, one, _ in both], dtype=np.int64), sizes)
    sum_ = hashlib.sha256("\n".join([*names, *(key for key, _, _ in both)]).encode())
    for part in (consumer, day, was, now, mine, theirs, timed):
        sum_.update(np.ascontiguousarray(part).tobytes())
    return Abreast(
        consumers=names,
        consumer=consumer,
        day=day,
        turned=(was >= mine) != (now >= theirs),
        champion_ms=timed[:, 0],
        challenger_ms=timed[:, 1],
        digest=sum_.hexdigest(),
        looked_through=looked_through,
    )
