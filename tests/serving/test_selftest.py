"""The self-test of the sandbox: what it finds with all layers, with some and with none, and who hears of it."""

import asyncio
import ctypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.serving.groundwork import MODEL, Ground, until
from tests.serving.test_process_faults import FRAIL, ask, frail

from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import canonical
from lamplighter.domain.route import ModelRoute
from lamplighter.domain.sandbox import Level, Sandbox
from lamplighter.serving.files import SANDBOX
from lamplighter.serving.selftest import Finding, fresh, known, laid_out, this_machine
from lamplighter.serving.worker import landlock, seccomp
from lamplighter.serving.worker.probes import PROBES
from lamplighter.serving.worker.probing import EARLY_THREAD

needs_sandbox = pytest.mark.skipif(
    not seccomp.available() or landlock.edition() < 6, reason="this kernel has no Landlock with network and signal rules"
)
FULL = Sandbox(level=Level.FULL)
EVERYTHING = {EARLY_THREAD, *PROBES}
LIMITS = {"allocate 6 GB", "raise the limit"}
FILES = {"read a secret", "list /etc", "write outside", "link outside"}
#: What each layer closes alone.
CLOSED = {
    "": set[str](),
    "limits": LIMITS,
    "landlock": FILES
    | {"read the parent's environment", "tcp", "unix abstract", "signal the parent", "trace the parent"}
    | {"signal a thread of the parent", "queue a signal to the parent", "start a program"},
    "seccomp": EVERYTHING - LIMITS - FILES - {EARLY_THREAD, "read the parent's environment"},
}
#: What Landlock closes too, depending on the kernel.
DEPENDS = {"udp", "unix by path", "named queue"}
#: A process with so many of the layers tries everything.
SCRIPT = """
import sys, tempfile
from pathlib import Path
from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import canonical
from lamplighter.domain.sandbox import Level
from lamplighter.serving.worker import landlock, probing, sandbox, seccomp
from lamplighter.serving.worker.wire import Ground

layers, ground = sys.argv[1], from_json(sys.argv[2].encode(), Ground)
scratch = Path(tempfile.mkdtemp(dir=sys.argv[3]))

def enter():
    landlock.no_new_privileges()
    if layers == "limits":
        sandbox._limit(4 << 30)
    if layers == "landlock":
        landlock.restrict(sandbox._readable(), scratch)
    if layers == "seccomp":
        seccomp.restrict()
    return Level.FULL

print(canonical(probing.tested(ground, enter)).decode())
"""


@pytest.fixture
def traceable() -> Iterator[None]:
    """Where the system lets only ancestors trace, this process lets anyone."""
    library, asks = ctypes.CDLL(None), 0x59616D61
    library.prctl(asks, ctypes.c_ulong(-1))
    yield
    library.prctl(asks, ctypes.c_ulong(0))


def with_layers(layers: str, tmp_path: Path) -> Sandbox:
    with laid_out() as ground:
        command = [sys.executable, "-c", SCRIPT, layers, canonical(ground).decode(), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return from_json(done.stdout.encode(), Sandbox)


@needs_sandbox
@pytest.mark.parametrize("layers", CLOSED)
def test_a_missing_layer_is_seen_by_the_probes_it_closes(layers: str, tmp_path: Path, traceable: None) -> None:
    found = with_layers(layers, tmp_path)
    closed = EVERYTHING - set(found.open) - (DEPENDS if layers == "landlock" else set())
    assert (found.level, closed) == (Level.PARTIAL, CLOSED[layers])


@needs_sandbox
def test_with_all_layers_nothing_is_open() -> None:
    assert asyncio.run(fresh()) == FULL


@needs_sandbox
def test_a_result_is_kept_for_this_boot_kernel_and_release(tmp_path: Path) -> None:
    machine, path = this_machine(), tmp_path / SANDBOX
    kept = Sandbox(level=Level.PARTIAL, open=("tcp",))
    path.write_bytes(canonical(Finding(machine=machine, sandbox=kept)))
    assert asyncio.run(known(tmp_path)) == kept
    for other in ("kernel", "boot", "release"):
        before = msgspec.structs.replace(machine, **{other: "other"})
        path.write_bytes(canonical(Finding(machine=before, sandbox=kept)))
        assert asyncio.run(known(tmp_path)) == FULL
        assert from_json(path.read_bytes(), Finding) == Finding(machine=machine, sandbox=FULL)
    path.write_bytes(b"damaged")
    assert asyncio.run(known(tmp_path)) == FULL


@needs_sandbox
def test_processes_report_it_and_answers_of_models_with_processes_say_it(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)), ModelRoute(model=FRAIL, champion=frail(ground)))
    with ground.serving(2):
        until(lambda: ground.adopted(1, 2), 30)
        until(lambda: [report.sandbox for report in ground.reports()] == [FULL, FULL], 30)
        assert ask(ground, 1.0)[2]["Lamp-Sandbox"] == "full"
        assert "Lamp-Sandbox" not in ground.caller().infer()[2]
        page = ground.caller().get("/metrics")[1].decode()
        for slot in "01":
            assert f'lamp_sandbox_level{{env="prod",slot="{slot}",level="full"}} 1\n' in page
            assert f'lamp_sandbox_open_probes{{env="prod",slot="{slot}"}} 0\n' in page


@needs_sandbox
def test_the_weaker_of_the_test_and_the_worker_counts(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    found = Sandbox(level=Level.PARTIAL, open=("tcp",))
    (ground.directory / SANDBOX).write_bytes(canonical(Finding(machine=this_machine(), sandbox=found)))
    ground.route(ModelRoute(model=FRAIL, champion=frail(ground)))
    with ground.serving():
        until(lambda: ground.adopted(1), 30)
        assert ask(ground, 1.0)[2]["Lamp-Sandbox"] == "partial"
        (report,) = ground.reports()
        assert (report.sandbox, report.conditions[0].sandbox) == (found, "partial")
