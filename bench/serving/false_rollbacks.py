"""How often canary analysis takes back a version that is no worse, and how often it finds one that is.

Rollouts are simulated from their requests: errors, latencies and scores are drawn, counted as the platform counts them and
judged at every look, all guards together. Equal versions (A/A) fail exactly at the limit, are as slow as each other and
have no tolerance for their scores: the case that is hardest on the guards. Prints one line for the rate of false
rollbacks, against the stated one, and one line for the power at each stated shift.
"""

import sys
from typing import NamedTuple

import lines
import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.domain.outcome import Judgement
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.steps import Limits, ScoreShift
from lamplighter.monitoring.binning import numeric_bins
from lamplighter.monitoring.canary import ALPHA, Arm, analyse
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.sequential import rate_bounds
from lamplighter.monitoring.tally import tally

ROLLOUTS = 2000
STEPS = (0.1, 0.5, 1.0)
#: Requests a step and looks at them: 60 s at 50 requests/s, looked at every 1.5 s.
REQUESTS, LOOKS = 3000, 40
BINS = numeric_bins(Kind.NUMBER, np.random.default_rng(0).beta(2.0, 6.0, 20_000))
#: No tolerance at all: whatever is seen beyond chance is a failure.
HARDEST = Limits(errors=0.01, slower=1.0, score_shift=ScoreShift(mean=1e-9, distance=1e-9))
#: What a project would write.
USUAL = Limits(errors=0.02, slower=1.5, score_shift=ScoreShift(mean=0.05, distance=0.15))


class Behaviour(NamedTuple):
    """How a version behaves."""

    errors: float = 0.01
    #: Multiple of the usual latency.
    slower: float = 1.0
    #: Added to every score.
    shift: float = 0.0


class _Drawn:
    """Requests of one version at one step, counted up to any of them."""

    def __init__(self, random: np.random.Generator, count: int, behaviour: Behaviour) -> None:
        self.failures = np.cumsum(random.random(count) < behaviour.errors)
        took = random.lognormal(-5.0, 0.5, count) * behaviour.slower
        self.buckets = np.searchsorted(LATENCY_BOUNDS, took)
        self.scores = np.clip(random.beta(2.0, 6.0, count) + behaviour.shift, 0.0, 1.0)

    def until(self, n: int) -> Arm:
        """What was seen after `n` requests."""
        if n == 0:
            return Arm(0, 0, (0,) * (len(LATENCY_BOUNDS) + 1))
        counted = np.bincount(self.buckets[:n], minlength=len(LATENCY_BOUNDS) + 1)
        scores = Distribution(bins=BINS, tally=tally(BINS, self.scores[:n], "scores"))
        return Arm(n, int(self.failures[n - 1]), tuple(counted.tolist()), scores)


def taken_back(random: np.random.Generator, limits: Limits, new: Behaviour, *, looks: int = LOOKS) -> bool:
    """Whether a rollout of this version beside a usual one is failed at any look."""
    for share in STEPS:
        mine = int(REQUESTS * share)
        challenger, champion = _Drawn(random, mine, new), _Drawn(random, max(1, REQUESTS - mine), Behaviour())
        for look in range(1, looks + 1):
            seen = (champion.until((REQUESTS - mine) * look // looks), challenger.until(mine * look // looks))
            said = analyse(limits, *seen, least=50, steps=len(STEPS), compared=share < 1.0)
            if said.judgement is Judgement.FAILED:
                return True
    return False


def main(rollouts: int) -> None:
    """Print the lines."""
    random = np.random.default_rng(20261125)
    false = sum(taken_back(random, HARDEST, Behaviour()) for _ in range(rollouts))
    low, high = rate_bounds(false, rollouts, 0.05)
    print(
        f"A/A rollouts={rollouts} taken_back={false} rate={false / rollouts:.4f} interval=[{low:.5f}, {high:.5f}]", flush=True
    )
    lines.line("false_rollback_rate_upper", high, "stated", ALPHA, "share", lower_is_better=True)
    usual = sum(taken_back(random, USUAL, Behaviour(), looks=30) for _ in range(rollouts // 10))
    print(f"A/A with usual tolerances: rollouts={rollouts // 10} taken_back={usual}", flush=True)
    for name, worse in (
        ("errors_5_percent", Behaviour(errors=0.05)),
        ("four_times_as_slow", Behaviour(slower=4.0)),
        ("mean_score_0.1", Behaviour(shift=0.1)),
    ):
        found = sum(taken_back(random, USUAL, worse, looks=30) for _ in range(rollouts // 10))
        lines.line(f"canary_power_{name}", found / (rollouts // 10), "wanted", 0.99, "share")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROLLOUTS)
