"""What uv itself says of packages that cannot be had, from a real index on this machine, in words that name the requirement."""

import io
import socket
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lamplighter.serving.worker import installer

pytest.importorskip("uv")

_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def wheel(name: str, version: str, requires: str = "") -> bytes:
    """A wheel with nothing in it."""
    content, place = io.BytesIO(), f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(f"{place}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        packed.writestr(f"{place}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{place}/RECORD", "")
    return content.getvalue()


#: Files of the index by name, each with what they say of the Python that they need.
FILES = {
    "lamp_tool-1.0-py3-none-any.whl": (wheel("lamp_tool", "1.0", "lamp-part<2"), ""),
    "lamp_part-1.0-py3-none-any.whl": (wheel("lamp_part", "1.0"), ""),
    "lamp_part-2.0-py3-none-any.whl": (wheel("lamp_part", "2.0"), ""),
    "lamp_old-1.0.tar.gz": (b"", ""),
    "lamp_new-1.0-py3-none-any.whl": (wheel("lamp_new", "1.0"), "&gt;=3.99"),
}


class Index(BaseHTTPRequestHandler):
    """A package index."""

    def do_GET(self) -> None:
        name = self.path.strip("/").rpartition("/")[2]
        mine = [file for file in FILES if file.startswith(name.replace("-", "_") + "-")]
        if name in FILES:
            self._answer(200, FILES[name][0], "application/octet-stream")
        elif name == "lamp-closed":
            self._answer(401, b"", "text/html")
        else:
            links = [f'<a href="/files/{file}" data-requires-python="{FILES[file][1]}">{file}</a>' for file in mine]
            self._answer(200 if mine else 404, "".join(links).encode(), "text/html")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    server.shutdown()
    thread.join()
    server.server_close()


def said(folder: Path, *lines: str) -> tuple[str, str]:
    """Why the packages cannot be had, and what to do."""
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))
    options = ("--python", sys.executable, "--only-binary", ":all:", "--quiet")
    with pytest.raises(installer.NotInstalled) as caught:
        installer.run("find its packages", folder, "pip", "compile", *options, str(folder / "requirements.txt"), lines=lines)
    return str(caught.value).removeprefix("uv could not find its packages: "), caught.value.fix


@pytest.mark.parametrize(
    ("lines", "why", "fix"),
    [
        (["lamp-nowhere==1.0"], "no package index that uv asks knows lamp-nowhere==1.0", "Correct its name"),
        (["lamp-part", "lamp_part==9.0"], "there is no release that fits lamp_part==9.0", "Name a release that there is."),
        (["lamp-part>=9"], "there is no release that fits lamp-part>=9", "Name a release that there is."),
        (
            ["lamp-old==1.0"],
            f"lamp-old==1.0 has no wheel for Python {_HERE} on this system, and nothing is built from source",
            "Name a release that has one",
        ),
        (["lamp-new==1.0"], f"lamp-new==1.0 does not run on Python {_HERE}", "Name a release that runs"),
        (
            ["lamp-tool==1.0", "lamp-part==2.0"],
            "lamp-tool==1.0 and lamp-part==2.0 do not go together",
            "Name releases that fit",
        ),
        (["lamp-part>=2,<1"], "no release can fit lamp-part>=2,<1", "Name one release of it."),
        (["lamp-closed==1.0"], "the package index refused uv for lamp-closed==1.0", "Give uv the address"),
        (["lamp-part=1.0"], "a requirement is not written as one", "Write a name and a release"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_it_says_which_requirement_and_what_to_do(
    tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch, lines: list[str], why: str, fix: str
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", index)
    told = said(tmp_path, *lines)
    assert told[0] == why
    assert told[1].startswith(fix)
    assert not any(word in " ".join(told) for word in ("127.0.0.1", "http", str(tmp_path), "/"))


def test_an_index_that_is_not_there_and_one_that_may_not_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://somebody:secret@127.0.0.1:{taken.getsockname()[1]}/simple/")
        told = said(tmp_path, "lamp-part==1.0")
    assert told == (
        "the package index could not be reached for lamp-part==1.0",
        "Let uv reach your package index (UV_DEFAULT_INDEX, UV_INDEX), and repeat.",
    )
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert said(tmp_path, "lamp-part==1.0") == (
        "lamp-part==1.0 is not in the cache of uv, which may reach no index",
        "Unset UV_OFFLINE. Let uv reach your package index (UV_DEFAULT_INDEX, UV_INDEX), and repeat.",
    )
