"""A server that speaks as much of MLflow as an import asks, and says of files whatever a test wants it to say."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.ports import free_port

#: What a path and its query are answered with: a status, headers and a body.
Answered = tuple[int, Mapping[str, str], bytes]
_API = "/api/2.0/"
_PROXY = f"{_API}mlflow-artifacts/artifacts"


class Registry:
    """A model `m`, and whatever else is asked for, with one version of the files given: names as they are listed, and bytes."""

    def __init__(self, files: Mapping[str, bytes], **changes: Any) -> None:
        self.files = dict(files)
        #: Where the server says that the files are.
        self.place = "mlflow-artifacts:/1/r/artifacts/model"
        self.version: dict[str, Any] = {"name": "m", "version": "1", "creation_timestamp": 5, "run_id": "r", "source": "s"}
        self.version |= changes
        #: Takes the place of an answer, by its path.
        self.instead: dict[str, Answered] = {}
        #: Paths that were asked for, with who asked.
        self.asked: list[tuple[str, str]] = []

    def answer(self, path: str, query: Mapping[str, str]) -> Answered:
        """What a real server answers."""
        if path in self.instead:
            return self.instead[path]
        if path.startswith(f"{_PROXY}/"):
            name = path.removeprefix(f"{_PROXY}/1/r/artifacts/model/")
            return (200, {}, self.files[name]) if name in self.files else (404, {}, b"{}")
        return self._told(path.removeprefix(_API), query)

    def _told(self, path: str, query: Mapping[str, str]) -> Answered:
        told: dict[str, Callable[[], Any]] = {
            "mlflow/registered-models/search": lambda: {"registered_models": [{"name": "m"}]},
            "mlflow/registered-models/get": lambda: {"registered_model": {"name": query["name"]}},
            "mlflow/model-versions/search": lambda: {
                "model_versions": [{**self.version, "name": query["filter"].split("'")[1]}]
            },
            "mlflow/model-versions/get-download-uri": lambda: {"artifact_uri": self.place},
            "mlflow/runs/get": lambda: {"run": {"info": {}, "data": {"metrics": [{"key": "nan", "value": "NaN"}]}}},
            "mlflow-artifacts/artifacts": lambda: {"files": [{"path": name} for name in self.files]},
        }
        return (200, {}, json.dumps(told[path]()).encode()) if path in told else (404, {}, b"{}")


@contextmanager
def serving(registry: Registry) -> Iterator[str]:
    """The address at which it answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            registry.asked.append((parts.path, self.headers.get("Authorization", "")))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, headers, body = registry.answer(unquote(parts.path), query)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
