"""Our walker of trees against onnxruntime on the same artifact: one row, 64 rows of many requests in one call, and memory.

Each walker is measured in a process of its own; the rows change from call to call, so that no branch is learned by heart.
"""

import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
from ground import Trained, rows, trained
from lines import line

from lamplighter.domain.version import Manifest, address
from lamplighter.serving.compiled.admission import check
from lamplighter.serving.compiled.native import Native
from lamplighter.serving.compiled.plan import read
from lamplighter.serving.compiled.rows import RowEncoder
from lamplighter.serving.compiled.trees import OnnxRuntime

_MODELS = ("hist_gradient_boosting", "random_forest")
_RUNS, _ROUNDS, _TOGETHER = 7, 300, 64


def resident() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def artifact(model: Trained, role: str) -> bytes:
    """The bytes of one artifact of its version."""
    manifest = msgspec.json.decode((model.artifacts / address(model.served.digest)).read_bytes(), type=Manifest)
    return (model.artifacts / address(manifest.artifact(role).digest)).read_bytes()


def timed(call: Callable[[int], object]) -> float:
    """Microseconds of one call."""
    found = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        for number in range(_ROUNDS):
            call(number)
        found.append((time.perf_counter() - start) / _ROUNDS * 1e6)
    return median(found)


def measured(kind: str, name: str) -> list[float]:
    """One row, a row of 64, both in microseconds; megabytes that opening the trees leaves in memory."""
    model = trained(name)
    plan = read(artifact(model, "plan"))
    sent = rows(_TOGETHER * 40)
    encoder = RowEncoder(plan, list(sent[0]))
    blocks = [
        [encoder.encoded([tuple(row.values()) for row in sent[start : start + count]]) for start in range(0, len(sent), count)]
        for count in (1, _TOGETHER)
    ]
    content, width = artifact(model, "model"), len(plan.template)
    importlib.import_module("onnxruntime")
    before = resident()
    walker = Native(check(content, width), width) if kind == "native" else OnnxRuntime(content, width)
    memory = resident() - before
    single, many = blocks
    one = timed(lambda number: walker.sums(single[number % len(single)], 1))
    together = timed(lambda number: walker.sums(many[number % len(many)], _TOGETHER)) / _TOGETHER
    return [one, together, memory]


def asked(kind: str, name: str) -> list[float]:
    """The same in a process of its own."""
    done = subprocess.run([sys.executable, __file__, kind, name], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Print a line for each figure."""
    for name in _MODELS:
        ours, peer = asked("native", name), asked("onnxruntime", name)
        for what, unit, mine, theirs in zip(("one_row", "row_of_64", "memory"), ("us", "us", "MB"), ours, peer, strict=True):
            line(f"walker_{name}_{what}", mine, "onnxruntime", theirs, unit, lower_is_better=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(*measured(*sys.argv[1:]))
    else:
        main()
