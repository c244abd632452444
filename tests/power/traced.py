"""What a program told the operating system to do with its files, as strace saw it."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,openat,unlink"
_LINE = re.compile(r"(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>\d+)(?:<.*>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_PLACE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")


class Call(NamedTuple):
    """One that succeeded."""

    name: str
    path: Path
    content: bytes = b""
    #: Where the content goes, or how long the file is from now on.
    at: int = 0


def has_strace() -> bool:
    """Whether programs can be traced here."""
    try:
        return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def traced(command: Sequence[str], trace: Path) -> list[Call]:
    """Run a program of one thread; raises `CalledProcessError` if it fails."""
    tracing = ["strace", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(trace), "-e", f"trace={CALLS}"]
    subprocess.run([*tracing, *command], check=True, capture_output=True)
    found = [_call(line) for line in trace.read_text().splitlines()]
    return [call for call in found if call is not None]


def _call(line: str) -> Call | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    name, arguments = found["call"], found["arguments"]
    texts = [_bytes(text[0]) for text in _TEXT.findall(arguments)]
    assert not any(text[1] for text in _TEXT.findall(arguments)), "a text was cut off"
    place = _PLACE.match(arguments)
    path = Path(_bytes(place[1]).decode()) if place is not None else Path(texts[-1].decode())
    match name:
        case "write" if not arguments.startswith("1<"):
            # Not printed: a module that is compiled on the way, or a warning.
            return None
        case "openat":
            return Call("create", path) if "O_CREAT" in arguments else None
        case "pwrite64":
            return Call(name, path, texts[0][: int(found["result"])], int(arguments.rpartition(", ")[2]))
        case "ftruncate":
            return Call(name, path, at=int(arguments.rpartition(", ")[2]))
        case _:
            return Call(name, path, texts[0] if texts else b"")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
