"""A real server of S3 with one bucket, and what tests do to it."""

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.store import S3Store
from tests.ports import free_ports
from tests.sdk.homes import until

_SERVER = Path(__file__).parents[2] / ".venv-clients/s3/bin/weed"
KEY, SECRET = "lamp-access", "never-told-to-anybody"
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
    "s3.port.grpc",
)  # fmt: skip
_QUIET = ("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-s3.autoCreateBucket=false", "-volume.preStopSeconds=0")
_SMALL = ("-volume.max=8", "-master.volumeSizeLimitMB=32")


class Server:
    """A process that can be killed and started again over the same folder."""

    def __init__(self, folder: Path) -> None:
        assert _SERVER.exists(), "scripts/clients s3 makes the environment of the server"
        self._folder = folder
        first = free_ports(len(_PORTS))
        self._ports = {name: first + place for place, name in enumerate(_PORTS)}
        self.url = f"http://127.0.0.1:{self._ports['s3.port']}"
        rights = ["Admin", "Read", "Write", "List"]
        known = [{"name": "lamp", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": rights}]
        (folder / "s3.json").write_text(json.dumps({"identities": known}))
        (folder / "data").mkdir()
        self.start()
        self.add("artifacts")

    @property
    def environ(self) -> dict[str, str]:
        """What a client has to know."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        """Start it and wait until it knows its bucket."""
        ports = [f"-{name}={port}" for name, port in self._ports.items()]
        places = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self._folder / 'data'}"]
        command = [str(_SERVER), "server", "-filer", "-s3", f"-s3.config={self._folder / 's3.json'}", *places, *ports]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *_QUIET, *_SMALL], stdout=log, stderr=log)
        until(self._is_ready)

    def kill(self) -> None:
        """Kill it: nothing is written down and nobody is told."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def add(self, bucket: str) -> None:
        """Make a bucket: to this server it is a folder."""
        until(lambda: self._made(bucket))

    def plain(self, prefix: str) -> S3Store:
        """The objects below a prefix, as any tool sees them."""
        return S3Store(
            "artifacts", prefix=prefix, endpoint=self.url, access_key_id=KEY, secret_access_key=SECRET, region="us-east-1",
            client_options={"allow_http": True},
        )  # fmt: skip

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
        try:
            obstore.put(self.plain("ready"), "probe", b"1")
        except FileNotFoundError:
            return True
        except obstore.exceptions.BaseError:
            return False
        return True

    def _made(self, bucket: str) -> bool:
        asked = urllib.request.Request(f"http://127.0.0.1:{self._ports['filer.port']}/buckets/{bucket}/", method="POST")
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return bool(answer.status == 201)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server that ends with the block."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill()
