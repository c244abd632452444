"""A real nginx with an exported configuration, where this machine has the places that a pod has."""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
from tests.ports import free_port
from tests.sdk.homes import until

from lamplighter.cluster import proxy
from lamplighter.cluster.manifest import PORT

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


class Proxy:
    """One that runs, with its certificate in a folder."""

    def __init__(self, folder: Path, configuration: str, moved: Mapping[str, str]) -> None:
        assert NGINX, "make outside installs nginx"
        self.port = free_port()
        (folder / "tmp").mkdir(parents=True)
        # The temporary folder first: the folder of a test lies in one of that name.
        places = {
            f"{proxy.TEMPORARY}/": f"{folder}/tmp/",
            proxy.TLS: str(folder),
            f"listen {PORT} ": f"listen 127.0.0.1:{self.port} ",
        }
        for old, new in {**places, **moved}.items():
            assert old in configuration
            configuration = configuration.replace(old, new)
        self._file = folder / "nginx.conf"
        self._file.write_text(configuration)
        self._words = [NGINX, "-e", "stderr", "-c", str(self._file)]
        self._log = (folder / "proxy.log").open("wb")
        self._process = subprocess.Popen(self._words, stdout=self._log, stderr=self._log)
        self.log = folder / "proxy.log"

    def client(self, host: str, trusted: ssl.SSLContext, headers: Mapping[str, str]) -> httpx2.Client:
        """A caller that knows it by a name, and trusts an authority."""
        address = f"https://{host}:{self.port}"
        mounted = httpx2.HTTPTransport(verify=trusted)
        return httpx2.Client(base_url=address, transport=Here(mounted), headers=headers, timeout=60.0)

    def end(self) -> None:
        """As its pod ends it, without the seconds in which the cluster learns of it."""
        subprocess.run([*self._words, "-s", "quit"], check=True, capture_output=True)
        self._process.wait(60)

    def close(self) -> None:
        """End it with its workers, which a killed parent would leave behind."""
        self._process.terminate()
        self._process.wait(60)
        self._log.close()


class Here(httpx2.BaseTransport):
    """Goes to this machine whatever the name is, which certificate and Host still have to fit."""

    def __init__(self, real: httpx2.BaseTransport) -> None:
        self._real = real

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        there, extensions = request.url.copy_with(host="127.0.0.1"), {**request.extensions, "sni_hostname": request.url.host}
        return self._real.handle_request(
            httpx2.Request(request.method, there, headers=request.headers, stream=request.stream, extensions=extensions)
        )

    def close(self) -> None:
        self._real.close()


@contextmanager
def running(folder: Path, configuration: str, moved: Mapping[str, str]) -> Iterator[Proxy]:
    """One until the end of the block."""
    one = Proxy(folder, configuration, moved)
    try:
        until(lambda: listens(one.port), 30.0)
        yield one
    finally:
        one.close()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        time.sleep(0.02)
        return probe.connect_ex(("127.0.0.1", port)) == 0
