"""One process of a group, in its slot: it wires everything together, watches its files and reports on itself."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import uvloop

from lamplighter.domain.route import Credentials, Route, WorkerReport
from lamplighter.serving.adoption import Adoption
from lamplighter.serving.application import Application
from lamplighter.serving.bodies import Bodies
from lamplighter.serving.callers import Callers
from lamplighter.serving.clock import Clock
from lamplighter.serving.files import CREDENTIALS, ROUTE, SEGMENTS
from lamplighter.serving.framing import LOOPBACK, Limits
from lamplighter.serving.front import Front
from lamplighter.serving.golden import open_ready
from lamplighter.serving.heartbeat import BEAT, Beats
from lamplighter.serving.lane import Lane
from lamplighter.serving.message import Answer
from lamplighter.serving.meters import Meters
from lamplighter.serving.metrics import page
from lamplighter.serving.options import Options
from lamplighter.serving.pairing import Pairs
from lamplighter.serving.predictions import Predictions
from lamplighter.serving.problems import Refusal
from lamplighter.serving.recorder import Recorder
from lamplighter.serving.redaction import redaction_key
from lamplighter.serving.reports import Reports
from lamplighter.serving.router import Router
from lamplighter.serving.runtimes.base import Surroundings
from lamplighter.serving.segments import Segments
from lamplighter.serving.selftest import SelfTest
from lamplighter.serving.shadows import Shadows
from lamplighter.serving.snapshot import Snapshot
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.versions import manifest_of

if TYPE_CHECKING:
    from lamplighter.serving.rpc.front import RpcFront

log = logging.getLogger(__name__)

#: How often the files are looked at; a replaced route is adopted within twice this if its versions are loaded.
_LOOK = 0.02
_REPORT = 0.25
#: How often spans and durations are handed over.
_HAND_OVER = 0.5
#: A process that has a route to adopt takes connections once it has, or after this time.
_PATIENCE = 5.0
#: Seconds for the requests in work once the process is told to end.
_DRAIN, _LEAST_DRAIN = 8.0, 1.0
#: A thread that waits for the interpreter gets it after this time at the latest; the recorder's thread does so twice a commit.
_SWITCH = 0.001


class Slot:
    """Everything one process holds."""

    def __init__(self, options: Options, slot: int, limits: Limits, beats: Beats, sending: socket.socket | None) -> None:
        loop = asyncio.get_running_loop()
        self._options = options
        self._slot = slot
        self._beats = beats
        self._started_at = time.time_ns() // 1000
        self._reports = Reports(options.directory)
        self._route = Snapshot(options.directory / ROUTE, Route)
        self._credentials = Snapshot(options.directory / CREDENTIALS, Credentials)
        self._clock = Clock(at_least=max((report.written_at for report in self._reports.present()), default=0))
        self._callers = Callers(self._clock)
        self._router = Router()
        self._meters = Meters()
        segments = Segments(options.directory / SEGMENTS, slot, self._started_at)
        self._recorder = Recorder(segments, loop)
        self._pairs = Pairs()
        self._telemetry = None if sending is None else Telemetry(sending)
        self._shadows = Shadows(self._meters, self._pairs, self._recorder, self._telemetry)
        self._self_test = SelfTest(options.directory, self._report)
        opening = partial(
            open_ready,
            artifacts=options.artifacts,
            surroundings=Surroundings(environments=options.environments, keys=options.keys, sandbox=self._self_test.result),
        )
        describing = partial(manifest_of, artifacts=options.artifacts)
        key = redaction_key(options.directory)
        self._adoption = Adoption(options.environment, self._router, opening, describing, self._report, self._clock, key)
        self._lane = Lane()
        predictions = Predictions(self._router, self._recorder, self._meters, self._shadows, self._lane, self._telemetry)
        self._bodies = Bodies(limits.body_bytes, self._lane)
        self._application = Application(
            self._callers, self._router, predictions, self._meters, self, self._bodies, limits.in_flight, self._telemetry
        )
        hosts = frozenset((*LOOPBACK, options.host, *options.known_as))
        self._front = Front(self._application, limits, frozenset(host.lower() for host in hosts))
        self._rpc = _rpc_front(options, self._application, limits)
        self._ending = asyncio.Event()
        #: When the requests in work have to be done, monotonic seconds; 0 until the end begins.
        self._end_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether it answers by a route."""
        return self._adoption.answers and not self._front.draining

    def metrics(self, accept: bytes) -> Answer | Refusal:
        """Counters of the whole group, for Prometheus, in a form that is accepted."""
        self._report()
        own = self._reports
        return page(accept, self._options.environment, own.totals(), own.present(), own.pairs(), own.callers(), own.spans())

    def end(self) -> None:
        """Begin to end."""
        self._end_at = self._end_at or time.monotonic() + _DRAIN
        self._ending.set()

    async def run(self, listening: socket.socket) -> None:
        """Serve until told to end, then finish what is in work and write down what is queued."""
        # What is loaded now stays: to look through it for cycles again and again takes a fifth of the time of loading.
        gc.disable()
        # It goes on until the process has ended, also while what is queued is written down.
        self._beating = asyncio.create_task(_every(BEAT, self._beat))
        first = self._route.changed()
        self._adopt_credentials()
        self._inherit(first)
        if first is not None:
            self._adoption.offer(first)
        self._report()
        rounds = [asyncio.create_task(_every(_LOOK, self._look)), asyncio.create_task(_every(_REPORT, self._report))]
        if self._telemetry is not None:
            rounds.append(asyncio.create_task(_every(_HAND_OVER, self._telemetry.flush)))
        if first is not None:
            await self._settled()
        gc.collect()
        gc.freeze()
        gc.enable()
        self._front.open(listening)
        if self._rpc is not None:
            await self._rpc.open(self._options.host, self._options.grpc_port)
        self._self_test.begin()
        log.info("slot %d answers, pid %d", self._slot, os.getpid())
        await self._ending.wait()
        left = max(_LEAST_DRAIN, self._end_at - time.monotonic())
        await asyncio.gather(self._front.drain(left), *([self._rpc.drain(left)] if self._rpc is not None else []))
        for one in rounds:
            one.cancel()
        await self._shadows.close(1.0)
        if self._telemetry is not None:
            self._telemetry.flush()
        await asyncio.to_thread(self._recorder.close)
        await self._adoption.close()
        await self._self_test.close()
        await self._bodies.close()
        self._lane.close()
        self._report()

    async def _settled(self) -> None:
        end = time.monotonic() + _PATIENCE
        # Also where the end has come: callers may be connected already, and the others have closed.
        while not self._adoption.answers and time.monotonic() < end:
            await asyncio.sleep(_LOOK / 4)

    def _beat(self) -> None:
        self._beats.beat(self._slot, time.monotonic_ns(), loads=bool(self._adoption.loading))

    def _look(self) -> None:
        self._clock.tick()
        self._adoption.look()
        route = self._route.changed()
        if route is not None:
            self._adoption.offer(route)
        self._adopt_credentials()

    def _adopt_credentials(self) -> None:
        credentials = self._credentials.changed()
        if credentials is not None:
            self._callers.adopt(credentials)

    def _inherit(self, route: Route | None) -> None:
        models = () if route is None else route.models
        digests = frozenset(served.digest for model in models for served in model.versions())
        try:
            last = self._reports.inherit(self._slot, digests, frozenset(one.model for one in models))
            self._adoption.load_seconds.update(last.load_seconds if last is not None else {})
        except OSError as error:
            log.error("the counters of the last process are lost, errno %s", error.errno)

    def _report(self) -> None:
        # Also between an offer and the first loading, which may hold the loop.
        self._beat()
        report = WorkerReport(
            pid=os.getpid(),
            slot=self._slot,
            started_at=self._started_at,
            written_at=self._clock.now,
            revision=self._adoption.revision,
            loaded=self._adoption.loaded,
            refused=dict(self._adoption.refused),
            loading=self._adoption.loading,
            load_seconds=dict(self._adoption.load_seconds),
            refused_requests=self._meters.refused,
            failed_requests=self._meters.failed,
            turned_away=dict(self._meters.turned_away),
            meters=self._meters.arms(),
            conditions=self._adoption.conditions,
            pairs=self._pairs.meters(),
            sandbox=self._self_test.found,
            callers=self._meters.callers.meters(frozenset(self._adoption.loaded)),
        )
        try:
            self._reports.write(report)
        except OSError as error:
            log.error("the report cannot be written, errno %s", error.errno)


def _rpc_front(options: Options, application: Application, limits: Limits) -> "RpcFront | None":
    if not options.grpc_port:
        return None
    # Only here, so that a process without the port has neither the library nor its threads.
    from lamplighter.serving.rpc.front import RpcFront

    return RpcFront(application, limits)


async def _every(seconds: float, action: Callable[[], None]) -> None:
    """Do it again and again; a defect in one round is logged and does not end the rounds."""
    while True:
        await asyncio.sleep(seconds)
        try:
            action()
        except Exception as error:
            log.error("%s failed: %s", action.__name__, type(error).__name__)


def serve(
    options: Options,
    slot: int,
    listening: socket.socket,
    leash: int,
    beats: Beats,
    sending: socket.socket | None = None,
    limits: Limits | None = None,
) -> None:
    """Run one process of the group until SIGTERM, or until the other end of the leash is closed because the parent died.

    `sending` takes what is to be exported; nothing if nothing is.
    """
    sys.setswitchinterval(_SWITCH)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(partial(Slot, options, slot, limits or Limits(), beats, sending), listening, leash))


async def _serve(made: Callable[[], Slot], listening: socket.socket, leash: int) -> None:
    process = made()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, process.end)
    loop.add_signal_handler(signal.SIGINT, process.end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))
    loop.add_reader(leash, _slipped, loop, leash, process)
    await process.run(listening)


def _slipped(loop: asyncio.AbstractEventLoop, leash: int, process: Slot) -> None:
    loop.remove_reader(leash)
    process.end()
