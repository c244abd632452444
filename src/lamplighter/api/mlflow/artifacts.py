"""Files through the proxy of MLflow, in pieces: however large one is, it is never held in memory."""

from collections.abc import Iterator
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from lamplighter.api.guard import Guarded, guarded, streamed
from lamplighter.api.mlflow.calls import Answer, OfRun, answered, call
from lamplighter.api.mlflow.errors import refusal
from lamplighter.api.mlflow.runs import artifact_uri
from lamplighter.api.problems import Malformed
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking.artifact_path import Place, lawful, place_of
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import files, finding
from lamplighter.store.tracking.files import Kept

BASE = "/api/2.0/mlflow-artifacts/artifacts"
#: Bytes that are written or sent at once.
_PIECE = 1024 * 1024
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment", "Cache-Control": "no-store"}


class Listing(OfRun, frozen=True):
    path: str = ""


def artifact_routes() -> list[Guarded]:
    """The proxy, and the list of what a run has."""
    return [
        guarded("GET", BASE, _list, Permission.READ, refusal),
        guarded("GET", f"{BASE}/{{path:path}}", _get, Permission.READ, refusal),
        streamed("PUT", f"{BASE}/{{path:path}}", _put, Permission.REGISTER, refusal),
        guarded("DELETE", f"{BASE}/{{path:path}}", _delete, Permission.REGISTER, refusal),
        call("GET", "artifacts/list", Permission.READ, Listing, _of_run),
    ]


async def _put(request: Request) -> Response:
    kit, place = request.app.state.kit, _place(request)
    if not place.path:
        raise Malformed("A file has no name.", why="The path ends with its folder.", fix="Name the file.")
    with await run_in_threadpool(files.Incoming, kit, place) as incoming:
        waiting, held = [], 0
        try:
            async for part in request.stream():
                waiting.append(part)
                held += len(part)
                if held >= _PIECE:
                    await run_in_threadpool(incoming.take, b"".join(waiting))
                    waiting, held = [], 0
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing was kept.
            return Response(status_code=400)
        await run_in_threadpool(incoming.take, b"".join(waiting))
        await run_in_threadpool(incoming.keep)
    return answered({})


def _get(request: Request) -> Response:
    content, size = files.opened(request.app.state.kit, _place(request))
    headers = {**_HEADERS, "Content-Length": str(size)}
    return StreamingResponse(_pieces(content), headers=headers, media_type="application/octet-stream")


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    with content:
        while piece := content.read(_PIECE):
            yield piece


def _list(request: Request) -> Response:
    place = place_of(request.query_params.get("path", ""))
    begin = len(place.path) + 1 if place.path else 0
    found = files.listed(request.app.state.kit, place)
    return answered({"files": [{**_told(one), "path": one.path[begin:].rstrip("/")} for one in found]})


def _delete(request: Request) -> Response:
    files.drop(request.app.state.kit, _place(request))
    return answered({})


def _place(request: Request) -> Place:
    return place_of(request.path_params["path"])


def _told(one: Kept) -> Answer:
    if one.path.endswith("/"):
        return {"path": one.path.rstrip("/"), "is_dir": True}
    return {"path": one.path, "is_dir": False, "file_size": one.size}


def told_files(kit: Kit, root: str, path: str) -> list[Answer]:
    """What lies in a folder of a run or a model, by whole paths."""
    return [_told(one) for one in files.listed(kit, Place(root=root, path=lawful(path.strip("/"))))]


def _of_run(kit: Kit, _: Actor, asked: Listing) -> Answer:
    with kit.store.reading() as look:
        run = finding.run(look, asked.run)
    return {"root_uri": artifact_uri(run), "files": told_files(kit, run.id, asked.path)}
