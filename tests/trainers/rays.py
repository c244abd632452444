"""A real Ray cluster of one machine that asks for a token."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from tests.ports import free_ports

RAY = Path(__file__).parents[2] / ".venv-clients" / "ray" / "bin" / "ray"


class Head:
    """Its address and its token."""

    def __init__(self) -> None:
        # Ray listens at sockets in this folder, whose names may not be long.
        self.folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
        self.token = secrets.token_urlsafe(32)
        first = free_ports(4)
        self.url = f"http://127.0.0.1:{first + 1}"
        words = [str(RAY), "start", "--head", "--block", "--disable-usage-stats", "--num-cpus=4", f"--temp-dir={self.folder}"]
        words += ["--object-store-memory=100000000", "--min-worker-port=0", "--max-worker-port=0", "--dashboard-host=127.0.0.1"]
        words += [f"--port={first}", f"--dashboard-port={first + 1}", f"--dashboard-agent-listen-port={first + 2}"]
        words += [f"--ray-client-server-port={first + 3}"]
        environ = {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}
        with Path(self.folder, "log").open("wb") as log:
            self._process = subprocess.Popen(words, env=environ, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> None:
        """Until jobs are taken."""
        end = time.monotonic() + 120.0
        while not self._is_ready():
            is_over = time.monotonic() > end or self._process.poll() is not None
            assert not is_over, Path(self.folder, "log").read_text()[-2000:]
            time.sleep(0.2)

    def asked(self, path: str) -> httpx2.Response:
        """What it answers to who has its token."""
        return httpx2.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=5.0, trust_env=False)

    def close(self) -> None:
        """End all its processes."""
        self._process.terminate()
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        try:
            return self.asked("/api/jobs/").status_code == 200
        except httpx2.HTTPError:
            return False


@contextmanager
def running() -> Iterator[Head]:
    """A cluster that ends with the block."""
    head = Head()
    try:
        head.wait()
        yield head
    finally:
        head.close()
