"""Carry out the replays that were asked for, each in a process of its own: the control plane opens no model.

Nothing of a replay that is under way is kept in the store, so that after a crash it begins again.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from lamplighter.domain.contract import Meaning
from lamplighter.domain.decoding import from_json
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.prediction import frame
from lamplighter.domain.replay import KIND, Figures, Order, Outcome, Replay, Replayed, Step, Thresholds
from lamplighter.domain.route import Served
from lamplighter.domain.version import DecisionRule, Manifest
from lamplighter.lifecycle import replays
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.requests import recent_requests
from lamplighter.store.transaction import Transaction

#: The newest requests of each consumer that are replayed.
REQUESTS = 500
#: A replay that takes longer is ended, seconds.
_LONGEST = 300.0
#: Seconds of a look that wait for the bytes of both versions to come to this disk.
_BRINGING = 0.2
_INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")


class Replaying:
    """The processes that replay, one for each replay that is open."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}

    def look(self) -> None:
        """Begin what was asked for, and take in what has ended."""
        with self._kit.store.reading() as look:
            open_ones = look.replays.all(open=True)
        for replay in open_ones:
            self._advance(replay)

    def close(self) -> None:
        """End every process; what was not finished begins again at the next start."""
        for process, _ in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()

    def _advance(self, replay: Replay) -> None:
        place = self._kit.settings.folder / "replays" / replay.id
        if replay.id not in self._running:
            self._begin(replay, place)
            return
        process, until = self._running[replay.id]
        if process.poll() is None and self._kit.clock.elapsed() < until:
            return
        del self._running[replay.id]
        if process.returncode is None:
            process.kill()
            process.wait()
            self._end(replay, place, Outcome(why=f"It took longer than {_LONGEST:g} s."))
        else:
            self._end(replay, place, _outcome(place))

    def _begin(self, replay: Replay, place: Path) -> None:
        if self._kit.bringing.lacking([replay.live, replay.version], _BRINGING):
            return
        requests = recent_requests(self._kit, replay.model, replay.environment, REQUESTS)
        with self._kit.store.reading() as look:
            thresholds = _thresholds(look, replay)
        chosen = {name: requests[name] for name in thresholds if requests.get(name)}
        if not chosen:
            self._end(replay, place, Outcome())
            return
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True, mode=0o700)
        order = Order(
            model=replay.model,
            live=Served(number=replay.live_number, digest=replay.live),
            candidate=Served(number=replay.number, digest=replay.version),
            artifacts=str(self._kit.settings.artifacts),
            thresholds={name: thresholds[name] for name in chosen},
            environments=str(self._kit.settings.model_environments),
            keys=str(self._kit.settings.trusted_keys),
        )
        (place / "order.json").write_bytes(msgspec.json.encode(order))
        (place / "requests.seg").write_bytes(b"".join(frame(one) for records in chosen.values() for one in records))
        self._running[replay.id] = _spawn(place), self._kit.clock.elapsed() + _LONGEST

    def _end(self, replay: Replay, place: Path, outcome: Outcome) -> None:
        with self._kit.store.transaction() as change:
            if outcome.why:
                replays.move(self._kit, change, PLATFORM, replay, Step.FAIL, outcome.why)
            else:
                _keep(self._kit, change, replay, outcome)
                replays.move(self._kit, change, PLATFORM, replay, Step.FINISH)
        # The requests are copies of what callers sent, and nobody needs them any more.
        shutil.rmtree(place, ignore_errors=True)


def _thresholds(look: Transaction, replay: Replay) -> dict[str, Thresholds]:
    """Where each consumer that calls there decides: by its own threshold, or by that of each version."""
    live = look.versions.find(model=replay.model, digest=replay.live)
    candidate = look.versions.find(model=replay.model, digest=replay.version)
    assert live is not None
    assert candidate is not None
    callers = [caller for caller in look.callers(look.project(replay.model)) if caller.concerned(replay.environment)]
    return {caller.name: _threshold(caller.declared.threshold, live.manifest, candidate.manifest) for caller in callers}


def _threshold(own: float | None, live: Manifest, candidate: Manifest) -> Thresholds:
    if own is not None:
        return Thresholds(before=own, after=own)
    chances = all(manifest.contract.output.meaning is Meaning.PROBABILITY for manifest in (live, candidate))
    decides = chances or DecisionRule() not in (live.decision, candidate.decision)
    return Thresholds(before=live.decision.threshold, after=candidate.decision.threshold) if decides else Thresholds()


def _spawn(place: Path) -> "subprocess.Popen[bytes]":
    environ = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    with (place / "output.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  our own program on a folder of our own
            [sys.executable, "-m", "lamplighter.serving.replay", str(place)],
            env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=place,
        )  # fmt: skip


def _outcome(place: Path) -> Outcome:
    try:
        return from_json((place / "outcome.json").read_bytes(), Outcome)
    except (OSError, msgspec.MsgspecError):
        return Outcome(why="Its process ended without figures.")


def _keep(kit: Kit, change: Transaction, replay: Replay, outcome: Outcome) -> None:
    """The figures are evidence of the version; a consumer without a request that can be replayed stands there with zeros."""
    now = kit.clock.now()
    callers = [caller for caller in change.callers(change.project(replay.model)) if caller.concerned(replay.environment)]
    facts = Replayed(
        environment=replay.environment,
        live=replay.live,
        live_number=replay.live_number,
        consumers={
            **{caller.name: Figures(unkept=caller.called(replay.environment, now)) for caller in callers},
            **outcome.consumers,
        },
    )
    found = Evidence(version=replay.version, kind=KIND, facts=msgspec.to_builtins(facts), author=PLATFORM.email, at=now)
    change.evidence.put(found)
    event = EvidenceAdded(model=replay.model, version=replay.version, kind=KIND, digest=found.digest)
    kit.record(change, event, PLATFORM)
