"""The loop of a machine: say what it does, learn what to do, do it, bring what was recorded.

Its processes need neither the loop nor the control plane: they go on answering by what lies on this disk.
"""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lamplighter.artifacts.local import Store
from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, LampError, NotAllowed, Unauthenticated
from lamplighter.domain.node import NodeReport, Orders, Package
from lamplighter.domain.observation import Observation
from lamplighter.domain.record import canonical
from lamplighter.node.bringing import Bringing
from lamplighter.node.shipping import Shipping
from lamplighter.sdk.interface import Platform
from lamplighter.serving.redaction import KEY as REDACTION
from lamplighter.targets.base import ROUTE, put
from lamplighter.targets.local import KEYS, Target

_log = logging.getLogger("lamplighter.node")
#: Seconds between two turns, and after one that the control plane did not answer.
_TICK, _PAUSE = 0.4, 1.0
#: How often a model is told of in a second, of all processes together, before turns become rarer.
_MODELS = 2000.0
#: Seconds for what is still to be brought when the machine ends.
ENDING = 20.0


class Listening(msgspec.Struct, frozen=True):
    """Where the processes of this machine listen, where that is not what the environment says."""

    host: str = "127.0.0.1"
    #: 0 for the port of the environment.
    port: int = 0
    #: 0 for as many as the environment says.
    workers: int = 0
    #: Further arguments of the process group.
    further: tuple[str, ...] = ()


class _Kept(msgspec.Struct, frozen=True):
    """What survives a restart: what was served last."""

    environment: Environment | None = None
    holds: str = ""


class Machine:
    """One machine that serves one environment."""

    def __init__(self, platform: Platform, environment: str, name: str, home: Path, listening: Listening) -> None:
        self._platform, self._environment, self._name, self._listening = platform, environment, name, listening
        self._home, self._root = home, home / "serving"
        self._target = Target(self._root, home / "artifacts", listening.further)
        self._bringing = Bringing(platform, environment, Store(home / "artifacts"))
        self._shipping = Shipping(platform, environment, name, self._root / environment / "segments")
        self._instance = secrets.token_hex(8)
        self._kept = self._read()
        self._awaited: Package | None = None
        #: The package that the processes were told of, and what it lacked then.
        self._told: tuple[str, tuple[str, ...]] = "", ()
        self._said = ""
        #: Seconds until the next turn: what a thousand models have to say is said less often.
        self._tick = _TICK

    def run(self, ending: threading.Event) -> None:
        """Turn until told to end, then end the processes and bring what is left."""
        while not ending.wait(self._turn()):
            pass
        self._end()

    def _turn(self) -> float:
        """One turn; gives the seconds until the next."""
        try:
            if self._once() == 0:
                self._tell("Everything is as the control plane wants it.")
            return self._tick
        except (Unauthenticated, NotAllowed, Conflict) as error:
            self._tell(f"The control plane refuses this machine: {error.what} {error.why} {error.fix}")
        except (LampError, OSError) as error:
            self._tell(f"The processes go on by what they have: {error}")
        return _PAUSE

    def _once(self) -> int:
        """Gives what is not done yet: bytes that are to be brought, and versions that are to come."""
        # First, for nobody has to be asked for what was served before, nor when a group has died.
        self._serve(self._kept.environment)
        report = self._report()
        self._tick = _TICK + len(report.observation.reports) * _models(report.observation) / _MODELS
        orders = self._platform.node_orders(self._environment, self._name, report)
        self._take(orders)
        return self._shipping.ship(report.segments, orders.held) + len(report.lacking)

    def _report(self, *, leaving: bool = False) -> NodeReport:
        here = self._here(self._kept.environment)
        return NodeReport(
            instance=self._instance,
            observation=self._target.observe(here) if here else Observation(alive=False),
            holds=self._awaited.digest if self._awaited else self._kept.holds,
            segments=self._shipping.listed(),
            lacking=self._lacking(),
            free=_free(self._home),
            leaving=leaving,
        )

    def _take(self, orders: Orders) -> None:
        """Processes are told once the bytes of whatever answers are here, and again as the others come: those are on trial or
        wait, and nobody's way back is kept waiting by them."""
        self._awaited = orders.package or self._awaited
        if self._awaited is not None and orders.environment is not None:
            self._tell_processes(orders.environment, self._awaited)
        elif self._kept.environment != orders.environment and (self._root / self._environment / ROUTE).exists():
            self._keep(_Kept(orders.environment, self._kept.holds))

    def _tell_processes(self, environment: Environment, package: Package) -> None:
        lacking = self._lacking()
        if set(lacking) & {model.champion.digest for model in package.route.models}:
            return
        if self._told != (package.digest, lacking):
            self._put_in_place(package, lacking)
            self._told = package.digest, lacking
        # What is not whole is asked for again after a restart.
        self._keep(_Kept(environment, "" if lacking else package.digest))
        self._awaited = package if lacking else None

    def _lacking(self) -> tuple[str, ...]:
        if self._awaited is None:
            return ()
        models = self._awaited.route.models
        return self._bringing.lacking({one.digest for model in models for one in model.versions()})

    def _put_in_place(self, package: Package, lacking: tuple[str, ...]) -> None:
        (self._root / self._environment).mkdir(mode=0o700, parents=True, exist_ok=True)
        put(self._root / self._environment / REDACTION, bytes.fromhex(package.redaction))
        keys = self._root / KEYS
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in package.keys.items():
            put(keys / Path(name).name, text.encode())
        for path in keys.iterdir():
            if path.name not in package.keys:
                path.unlink()
        place = Environment(name=self._environment, level=Level.PRODUCTION, port=1)
        # A process that found half a version would refuse it, and the platform take that for a fault of the version.
        models = tuple(one.without(lacking) for one in package.route.models)
        self._target.route(place, msgspec.structs.replace(package.route, models=models), package.credentials)

    def _serve(self, environment: Environment | None) -> None:
        here = self._here(environment)
        if here is not None:
            self._target.apply(here)
        elif (before := self._here(Environment(name=self._environment, level=Level.PRODUCTION, port=1))) is not None:
            self._target.remove(before)

    def _here(self, environment: Environment | None) -> Environment | None:
        """The environment as this machine listens for it."""
        if environment is None:
            return None
        own = self._listening
        return msgspec.structs.replace(
            environment, host=own.host, port=own.port or environment.port, workers=own.workers or environment.workers
        )

    def _end(self) -> None:
        """What is in work is answered first; whoever looks after the machine gives it some time."""
        self._target.remove(Environment(name=self._environment, level=Level.PRODUCTION, port=1))
        try:
            if self._bring_all():
                self._platform.node_orders(self._environment, self._name, self._report(leaving=True))
        except (LampError, OSError) as error:
            self._tell(f"What is left here is brought after the next start: {error}")
        self._bringing.close()

    def _bring_all(self) -> bool:
        """Whether everything that was recorded came to be there in time."""
        end = time.monotonic() + ENDING
        # A size counts once it was seen twice.
        self._shipping.listed()
        while time.monotonic() < end:
            report = self._report()
            held = self._platform.node_orders(self._environment, self._name, report).held
            if self._shipping.ship(report.segments, held) == 0:
                return True
        return False

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            _log.info("%s", text)

    def _read(self) -> _Kept:
        try:
            return from_json((self._root / self._environment / "node.json").read_bytes(), _Kept)
        except (FileNotFoundError, msgspec.MsgspecError):
            return _Kept()

    def _keep(self, kept: _Kept) -> None:
        if kept != self._kept:
            put(self._root / self._environment / "node.json", canonical(kept))
            self._kept = kept


def _models(seen: Observation) -> int:
    return max((len(report.loaded) for report in seen.reports), default=0)


def further(names: Sequence[str], *, plain: bool) -> tuple[str, ...]:
    """Arguments of a process group that also answers callers by these names."""
    known = [part for name in dict.fromkeys(names) for part in ("--known-as", name)]
    return (*(("--insecure-plain-http",) if plain else ()), *known)


def _free(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    return shutil.disk_usage(next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())).free
