"""Who calls a model: what an application says of itself, its account, and what was seen of it."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Person, Role
from lamplighter.domain.record import Record, Settings, canonical, digest_of

#: Whoever is declared and was not seen for so long counts as silent, days.
SILENT_AFTER = 30
_DAY = 86_400_000_000


class Consumer(Settings, frozen=True):
    """An application that calls the model, and what it relies on. What it does not say is taken at its worst."""

    #: Name of its account, and of its tokens.
    name: str
    #: Person or team that speaks for it.
    owner: str = ""
    #: Inputs that it always fills; the others it may leave empty. Empty means that it may leave any empty and send any.
    uses: tuple[str, ...] = ()
    #: Categories that it sends, by input; of an input that is not named it may send any.
    sends: Mapping[str, tuple[str, ...]] = {}
    #: Fields of the answer that it reads, such as the name of the output or `predictions`. Empty means all.
    reads: tuple[str, ...] = ()
    #: Score from which on it takes the positive decision; without it the threshold of the version counts.
    threshold: float | None = None
    #: Mean absolute change of its scores that it accepts; without it the rule book decides.
    tolerance: float | None = None
    #: Share of its decisions that a new version may turn; without it the rule book decides.
    flips: float | None = None

    @property
    def digest(self) -> str:
        """Digest of all it says of itself."""
        return digest_of(canonical(self))


def check_declared(consumer: Consumer) -> Consumer:
    """The consumer itself if what it says can be; raises `Invalid`."""
    numbers = [number for number in (consumer.threshold, consumer.tolerance, consumer.flips) if number is not None]
    if not all(map(math.isfinite, numbers)) or (consumer.tolerance or 0.0) < 0.0:
        raise _impossible(
            "A threshold or tolerance is no finite number, or the tolerance is negative.", "Write tolerance = 0.05."
        )
    if consumer.flips is not None and not 0.001 <= consumer.flips <= 1.0:
        raise _impossible("Its flips are a share from 0.001 to 1.", "Write flips = 0.05.")
    if consumer.uses and not consumer.sends.keys() <= set(consumer.uses):
        raise _impossible("It names categories of an input that it does not use.", "Name the input under uses, too.")
    return consumer


def check_names(consumers: Sequence[Consumer]) -> None:
    """Raise `Invalid` if two have the same name."""
    names = [consumer.name for consumer in consumers]
    if len(set(names)) != len(names):
        raise _impossible("Two consumers have the same name.", "Give each application a name of its own.")


def _impossible(why: str, fix: str) -> Invalid:
    return Invalid("What a consumer says of itself cannot be.", why=why, fix=fix, code="E1147")


class Account(Record, frozen=True):
    """The account of an application. It holds tokens that ask for predictions and can do nothing else."""

    name: str
    #: Person or team that speaks for it.
    owner: str
    #: Models it may call; empty means every one that a token names.
    models: tuple[str, ...] = ()
    #: Whether its tokens count; a closed account stays on record.
    active: bool = True
    #: Microseconds since the epoch, UTC.
    created_at: int = 0


class Standing(StrEnum):
    """How a caller is known."""

    #: The project names it.
    DECLARED = "declared"
    #: It has an account, but the project does not name it.
    REGISTERED = "registered"
    #: A person who tries something out.
    PERSON = "person"
    #: An application that nobody has declared.
    UNKNOWN = "unknown"


class Calls(Record, frozen=True):
    """What was seen of a caller in one environment."""

    environment: str
    requests: int
    #: Microseconds since the epoch, UTC.
    last_at: int


class Caller(Record, frozen=True):
    """One consumer of one model: what is declared of it and what was seen."""

    name: str
    #: Person or team that speaks for it; empty if nobody does.
    owner: str
    standing: Standing
    #: What it says of itself; what it leaves out is taken at its worst.
    declared: Consumer
    #: By environment.
    calls: tuple[Calls, ...] = ()

    def silent(self, now: int) -> bool:
        """Whether it was never seen, or not for `SILENT_AFTER` days."""
        return all(calls.last_at < now - SILENT_AFTER * _DAY for calls in self.calls)

    def called(self, environment: str, now: int) -> int:
        """Requests there, if the last one is not older than `SILENT_AFTER` days."""
        since = now - SILENT_AFTER * _DAY
        return sum(one.requests for one in self.calls if one.environment == environment and one.last_at >= since)

    def concerned(self, environment: str) -> bool:
        """Whether a new version there has to mind it: who is declared always, who is not once it has called there."""
        if self.standing in (Standing.DECLARED, Standing.REGISTERED):
            return True
        return self.standing is Standing.UNKNOWN and any(calls.environment == environment for calls in self.calls)


def callers_of(
    model: str,
    declared: Sequence[Consumer],
    accounts: Iterable[Account],
    seen: Iterable[tuple[str, str, int, int]],
    people: Mapping[str, Person],
) -> tuple[Caller, ...]:
    """Every consumer of a model by name; `seen` has environment, name, requests and the time of the last one."""
    said = {consumer.name: consumer for consumer in declared}
    open_ones = {account.name: account for account in accounts if account.active}
    calls: dict[str, list[Calls]] = {}
    for environment, name, requests, last_at in seen:
        calls.setdefault(name, []).append(Calls(environment=environment, requests=requests, last_at=last_at))
    bound = {name for name, account in open_ones.items() if model in account.models}
    return tuple(
        Caller(
            name=name,
            owner=_owner(name, said, open_ones),
            standing=_standing(name, said, open_ones, people),
            declared=said.get(name) or Consumer(name=name),
            calls=tuple(calls.get(name, ())),
        )
        for name in sorted({*said, *bound, *calls})
    )


def _owner(name: str, said: Mapping[str, Consumer], accounts: Mapping[str, Account]) -> str:
    declared = said[name].owner if name in said else ""
    return declared or (accounts[name].owner if name in accounts else "")


def _standing(name: str, said: Collection[str], accounts: Collection[str], people: Mapping[str, Person]) -> Standing:
    if name in said:
        return Standing.DECLARED
    if name in accounts:
        return Standing.REGISTERED
    person = people.get(name)
    return Standing.PERSON if person is not None and Role.APPLICATION not in person.roles else Standing.UNKNOWN
