"""Style, script and mark: the files of one folder, read once, each under its name and nothing else."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.errors import NotFound

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Asset(NamedTuple):
    """One file that browsers load."""

    content: bytes
    media_type: str
    #: First digits of the SHA-256 of the content; part of the address, so that an upgrade is seen at once.
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of the folder by its name."""
    files = [file for file in _FOLDER.iterdir() if file.suffix in _TYPES]
    return {file.name: _asset(file) for file in files}


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    return Asset(content, _TYPES[file.suffix], hashlib.sha256(content).hexdigest()[:16])


def address(name: str) -> str:
    """Where a page finds a file: its name and its digest."""
    return f"/static/{name}?{assets()[name].digest}"


def serve(request: Request) -> Response:
    """One file; kept by browsers for good where the address names its digest."""
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise NotFound("There is no such file.", why="The pages use other names.", fix="Load the page again.", code="E1210")
    lasting = request.url.query == asset.digest
    headers = {
        "ETag": f'"{asset.digest}"',
        "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
    }
    if f'"{asset.digest}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, headers=headers, media_type=asset.media_type)
