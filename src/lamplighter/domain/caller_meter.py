"""What one worker has answered to each consumer of a model.

Law of change: fields may be added with a default.
"""

from collections.abc import Container, Iterable, Mapping

import msgspec

from lamplighter.domain.record import Record

#: Stands for everybody who is not counted by name: people, and applications beyond the most that are.
OTHER = "other"
#: Consumers of one model that are counted by name, so that no list of labels grows without end.
MOST_NAMED = 64


class CallerMeter(Record, frozen=True):
    """Answers to one consumer of a model since the worker started."""

    model: str
    #: Name of the account, or `OTHER`.
    consumer: str
    #: The version that answered, its digest, and the part of the traffic it has; 0 and empty where none did, or one that the
    #: route has left behind.
    number: int = 0
    digest: str = ""
    arm: str = ""
    #: Requests by the HTTP status of their answer.
    answers: Mapping[str, int] = {}
    #: Requests per latency bucket, from the whole request to its answer; the bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = ()
    #: Sum of the latencies, seconds.
    seconds: float = 0.0
    #: Requests that the version failed and another one answered, in whose answers they are.
    replaced: int = 0


def has_name(holder: str) -> bool:
    """Whether the holder of a token is counted by name: applications are, and people, who are known by an address, are not."""
    return "@" not in holder


def summed(meters: Iterable[CallerMeter]) -> tuple[CallerMeter, ...]:
    """One meter for each model, consumer, version and arm."""
    sums: dict[tuple[str, str, int, str, str], CallerMeter] = {}
    for meter in meters:
        key = (meter.model, meter.consumer, meter.number, meter.digest, meter.arm)
        sums[key] = _plus(sums[key], meter) if key in sums else meter
    return tuple(sums.values())


def of_any_version(meter: CallerMeter) -> CallerMeter:
    """The same answers, whatever version gave them."""
    return msgspec.structs.replace(meter, number=0, digest="", arm="", replaced=0)


def left_behind(meters: Iterable[CallerMeter], digests: Container[str]) -> tuple[CallerMeter, ...]:
    """The same answers; versions that are not among the digests are told apart no more, or their number would grow without
    end."""
    return summed(meter if meter.digest in digests else of_any_version(meter) for meter in meters)


def _plus(one: CallerMeter, other: CallerMeter) -> CallerMeter:
    statuses = sorted({*one.answers, *other.answers})
    return msgspec.structs.replace(
        one,
        answers={status: one.answers.get(status, 0) + other.answers.get(status, 0) for status in statuses},
        latencies=tuple(map(sum, zip(one.latencies, other.latencies, strict=True))),
        seconds=one.seconds + other.seconds,
        replaced=one.replaced + other.replaced,
    )
