"""How each model did goes to whoever speaks for it in the business: once a week, at the hour of the configuration."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import get_args

from lamplighter.domain.digest import Digest, Verdict
from lamplighter.domain.events.notification import DigestPosted
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.ownership import reader_of
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import outbox, receivers
from lamplighter.lifecycle.digests import last_digest
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstays
from lamplighter.settings import DigestTime, Weekday
from lamplighter.store.notices import Notice

#: Counts the weeks, as the day number of their Monday, whose digests are all in the outbox.
_WEEK = "digest"
#: Models that one message tells of, the worst first.
_MOST = 20


def post(kit: Kit) -> None:
    """Put the digests of this week in the outbox once its hour has come; the week in which a platform begins is left out."""
    week = posted_in(kit.settings.digest, kit.clock.now())
    with kit.store.reading() as look:
        last = look.counters.value(_WEEK)
    if last >= week.toordinal():
        return
    for person, models in _readers(kit).items() if last else ():
        _post(kit, person, models, week)
    with kit.store.transaction() as change:
        change.counters.raise_to(_WEEK, week.toordinal())


def posted_in(at: DigestTime, now: int) -> date:
    """Monday of the newest week whose hour has come, by the clock of the place."""
    zone = at.clock()
    today = datetime.fromtimestamp(now // 1_000_000, zone).date()
    day = today - timedelta(days=(today.weekday() - get_args(Weekday).index(at.day)) % 7)
    if datetime.combine(day, time(at.hour), zone).timestamp() * 1_000_000 > now:
        day -= timedelta(days=7)
    return day - timedelta(days=day.weekday())


def _readers(kit: Kit) -> dict[str, dict[str, tuple[str, ...]]]:
    """Of each person the models they hear of, with the channels that bring it; what no channel brings is left out."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    with kit.store.reading() as look:
        people, teams = look.people.by_email(), look.teams.by_name()
        for routing in mainstays(look):
            project = look.project(routing.model)
            person = reader_of(project, people, teams)
            named = dict.fromkeys((*kit.settings.channels, *project.monitor.notify))
            channels = tuple(name for name in named if receivers.brings_digests(kit.settings, name))
            if person and channels:
                found.setdefault(person, {})[routing.model] = channels
    return found


def _post(kit: Kit, person: str, models: Mapping[str, tuple[str, ...]], week: date) -> None:
    """One message for each channel, in the transaction that says that this person has had this week's."""
    with kit.store.reading() as look:
        digests = sorted((last_digest(look, model, kit.clock.now()) for model in models), key=_worst_first)
    year, number, _ = week.isocalendar()
    name = f"{year}-W{number:02}"
    with kit.store.transaction() as change:
        if not change.counters.raise_to(f"digest/{digest_of(person.encode())[:40]}", week.toordinal()):
            return
        posted = DigestPosted(person=person, week=name, models=tuple(models))
        event, at = kit.record(change, posted, PLATFORM), kit.clock.now()
        for channel in dict.fromkeys(channel for channels in models.values() for channel in channels):
            mine = [digest for digest in digests if channel in models[digest.model]]
            text = text_of(mine, person, kit.settings.url)
            notice = Notice(event, "", person, name, "", title_of(mine), text, about="digest.posted", at=at)
            outbox.put(kit, change, notice, (channel,))


def _worst_first(digest: Digest) -> tuple[bool, int, str]:
    return digest.verdict is not Verdict.WORSE, -digest.week.scored, digest.model


def title_of(digests: Iterable[Digest]) -> str:
    """One line."""
    found = list(digests)
    worse = sum(digest.verdict is Verdict.WORSE for digest in found)
    if len(found) == 1:
        return f"How {found[0].model} did" + (": worse than usual" if worse else "")
    return f"How {len(found)} models did" + (f": {worse} worse than usual" if worse else "")


def text_of(digests: Iterable[Digest], person: str, url: str) -> str:
    """One sentence for each model, with its page, as they are given."""
    found = list(digests)
    lines = [f"{digest.model}: {digest.sentence}\n{url}/m/{digest.model}/monitor" for digest in found[:_MOST]]
    more = [f"And {len(found) - _MOST} more: {url}/"] if len(found) > _MOST else []
    return "\n".join([f"For {person}.", *lines, *more])
