"""A real Alertmanager on loopback, and what amtool says of it."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port


@contextmanager
def running(folder: Path, configuration: str, port: int = 0) -> Iterator[str]:
    """The address of an Alertmanager with this configuration, on this port or a free one, until the end of the block."""
    program = shutil.which("prometheus-alertmanager")
    assert program, "make test installs the package prometheus-alertmanager"
    (folder / "alertmanager.yml").write_text(configuration)
    port = port or free_port()
    place = [f"--storage.path={folder}", f"--config.file={folder / 'alertmanager.yml'}", "--cluster.listen-address="]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *place, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
        try:
            _ready(f"http://127.0.0.1:{port}/-/ready", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _ready(address: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def amtool(address: str, *words: str) -> str:
    """What amtool prints."""
    command = ["amtool", f"--alertmanager.url={address}", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def active(address: str, *matchers: str) -> list[dict[str, Any]]:
    """The alerts that have not ended, as amtool shows them."""
    found: list[dict[str, Any]] = json.loads(amtool(address, "alert", "query", "-o", "json", *matchers))
    return found


def sent(address: str) -> int:
    """Webhooks that it has delivered."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=5) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    counted = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    told = 'alertmanager_notifications_total{integration="webhook"}'
    failed = sum(
        value
        for name, value in counted.items()
        if name.startswith('alertmanager_notifications_failed_total{integration="webhook"')
    )
    return int(counted[told] - failed)
