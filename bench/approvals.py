"""A month of 300 releases on a real store: what they ask of people by tier, and what spot checks find of bad ones.

240 internal models of one definition and 60 mission-critical ones are trained again once each, over 30 days. The platform
accepts plain retrains of internal models, and a tenth of them is drawn; what it does not accept waits for a word. People look
once a day at what waits: they accept groups in one act, read by itself what stands apart, and a validator reads what is drawn.
Each act comes ten minutes after the one before, the most that `lamp report` counts, so its minutes are a bound here too.
One in eight of the internal retrains is bad in a way that no figure shows; the validator recognises it. No application calls.

The bad ones that were found are held against the binomial with the stated rate; over a limit the exit code is 1. The key is
another one in each run, so that up to one run in twenty lies outside by chance.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from math import comb
from pathlib import Path

from tests.lifecycle.lives import Life, advance, lived
from tests.lifecycle.retrains import govern, trained
from tests.sdk import models

from lamplighter.domain.acceptance import Side
from lamplighter.domain.delivery import DeliveryReport
from lamplighter.domain.events.spot_check import VersionAutoApproved
from lamplighter.domain.look_alike import Shown
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.spot_check import none_seen, unseen

INTERNAL, CRITICAL, DAYS, RATE = 240, 60, 30, 0.1
#: One in so many internal retrains is bad, and one in so many has figures that moved beyond the bound.
BAD, FAR = 8, 20
#: Limit for the internal release in the middle, minutes.
LIMIT = 2.0
_DAY, _LOOK = 86_400.0, 600.0
#: Applications are asked nothing here: to replay their requests takes processes and nobody's time.
_CONSUMERS = (
    '  { use = "consumers", most_flips = 0.05, most_shift = 0.05, least_requests = 20, too_few = "hold", unknown = "hold" },\n'
)
RULE = f'look_alikes = {{ approve = "platform", spot_checks = {RATE} }}\n'


class Month:
    """The month on one platform."""

    def __init__(self, life: Life) -> None:
        self.life, self.generator = life, random.Random(20)
        self.bad: set[str] = set()
        self.open: list[Rollout] = []

    def prepare(self) -> list[tuple[Project, bool]]:
        """Every model with a first version live, in the order in which it is trained again."""
        internal = [(models.project(f"store-{place:03}"), False) for place in range(INTERNAL)]
        critical = [(models.critical(f"credit-{place:02}"), True) for place in range(CRITICAL)]
        for project, strict in (*internal, *critical):
            version = trained(self.life, project, seed=1)
            for place in ("dev", "staging", "prod") if strict else ("prod",):
                self.life.appoint(version, place)
        every = [*internal, *critical]
        self.generator.shuffle(every)
        return every

    def release(self, project: Project, *, critical: bool) -> None:
        """Ask for the next version of a model."""
        number = self.generator.random()
        better = self.generator.uniform(-0.02, 0.02) if critical or number > 1 / FAR else -0.1
        version = trained(self.life, project, seed=2, better=better)
        if not critical and self.generator.random() < 1 / BAD:
            self.bad.add(version.digest)
        for place in ("dev", "staging") if critical else ():
            self.life.appoint(version, place)
        rollout = self.life["dana"].deploy(version.name, "prod").rollout
        assert rollout is not None, version.name
        self.open.append(rollout)

    def day(self) -> None:
        """What people do in a day: groups, then what stands apart, then what was drawn."""
        life = self.life
        for person, side in (("bea", Side.BUSINESS), ("ivo", Side.IT)):
            for group in life[person].look_alikes():
                if side in group.sides:
                    life.clock.forward(_LOOK)
                    members = [Shown(rollout=one.rollout, binding=one.binding) for one in group.members]
                    life[person].sign_look_alikes(group.key, side, members, "Looked at the spread.")
                    self.advance()
            for one in life[person].waiting():
                if f"of {side.word}" in " ".join(one.missing) or f"and {side.word}" in " ".join(one.missing):
                    life.clock.forward(_LOOK)
                    life[person].sign(f"{one.model}@{one.number}", "prod", side, accepted=True, reason="Read by itself.")
            self.advance()
        for check in life["rita"].spot_checks():
            if check.waits:
                life.clock.forward(_LOOK)
                bad = check.version in self.bad
                life["rita"].judge_spot_check(check.id, bad, "Rows of one week." if bad else "Scored it on last week.")
        self.arrive()
        life.clock.forward(_DAY / 2)

    def advance(self) -> None:
        """Judge what waits again, as the reconciler does."""
        for rollout in self.open:
            advance(self.life.kit, self.life.rollout(rollout), 1.0)

    def arrive(self) -> None:
        """What nothing holds up any more takes all traffic; no process is needed to count people's time."""
        for rollout in [one for one in self.open if self.life.rollout(one).phase.value != "waiting"]:
            version = self.life["dana"].version(f"{rollout.model}@{rollout.number}").version
            self.life.appoint(version)
            self.open.remove(rollout)


def chances(count: int, rate: float) -> Iterator[float]:
    """The binomial distribution."""
    yield from (comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(count + 1))


def interval(count: int, rate: float) -> tuple[int, int]:
    """The least and the most in 95 of 100 cases, equal tails."""
    below, low, high = 0.0, 0, count
    for k, chance in enumerate(chances(count, rate)):
        low = k if below < 0.025 else low
        below += chance
        if below >= 0.975:
            return low, k
    return low, high


def minutes(report: DeliveryReport, tier: str) -> tuple[float, float, int]:
    """Minutes of the release in the middle, of each on average, and how many there were."""
    (row,) = [one for one in report.rows if one.tier == tier]
    return row.minutes_middle or 0.0, row.minutes_each or 0.0, row.releases


def measure(folder: Path) -> bool:
    """Print the lines of the month; whether each limit was kept."""
    with lived(folder / "home") as life:
        govern(life, (_CONSUMERS, ""), internal=RULE)
        month = Month(life)
        every = month.prepare()
        begin = life.clock.now()
        for day in range(DAYS):
            for project, critical in every[day::DAYS]:
                month.release(project, critical=critical)
            month.day()
        for _ in range(2):
            month.day()
        assert not month.open
        report = life["rita"].delivery(begin, life.clock.now() + 1)
        accepted = {event.version for event in life.events(VersionAutoApproved)}
        checks = life["rita"].spot_checks(closed=True)
        recount = life["rita"].recount_spot_checks()
    kept = True
    for tier in ("internal", "mission-critical"):
        middle, each, releases = minutes(report, tier)
        limit = f" limit={LIMIT:g} ratio={middle / LIMIT:.2f}" if tier == "internal" else ""
        print(f"bench approvals-{tier} ours={middle:.2f}{limit} each={each:.2f} releases={releases} unit=minutes", flush=True)
        kept = kept and (tier != "internal" or middle <= LIMIT)
    seeded, found = len(accepted & month.bad), sum(one.bad for one in checks)
    low, high = interval(seeded, RATE)
    print(
        f"bench approvals-spot-checks ours={found} limit={low}..{high} expected={seeded * RATE:.1f} seeded={seeded} "
        f"unseen={seeded - found} predicted={unseen(seeded, RATE):.1f} none-seen={none_seen(seeded, RATE):.3f} "
        f"drawn={recount.drawn} of={recount.accepted} differing={len(recount.differing)} unit=versions",
        flush=True,
    )
    return kept and low <= found <= high and not recount.differing


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if measure(Path(folder)) else 1)
