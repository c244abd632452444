"""What serving would have written: segment files with scored requests, whole or torn."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.settings import Settings


class Segment:
    """One file of frames, written by one process of an environment."""

    def __init__(self, settings: Settings, environment: str = "prod", name: str = "9-1-000000") -> None:
        folder = settings.serving / environment / "segments"
        folder.mkdir(parents=True, exist_ok=True)
        self.path: Path = folder / f"{name}.seg"

    def write(self, *records: Scored) -> None:
        """Append whole records."""
        self.append(b"".join(map(frame, records)))

    def append(self, content: bytes) -> None:
        """Append bytes as they are."""
        with self.path.open("ab") as file:
            file.write(content)


def scored(version: Version, request: str, scores: Sequence[float], *, at: int, **more: Any) -> Scored:
    """A request that a version scored, as champion unless said otherwise."""
    return Scored(
        **{
            "request": request,
            "model": version.model,
            "number": version.number,
            "digest": version.digest,
            "arm": Arm.CHAMPION,
            "consumer": "display@trains.example",
            "at": at,
            "event_at": at,
            "duration": 400,
            "columns": _columns(len(scores)),
            "scores": list(scores),
            "rows": len(scores),
            **more,
        }
    )


def failed(version: Version, request: str, *, at: int, **more: Any) -> Scored:
    """A request that a version failed."""
    return scored(version, request, [], at=at, **{"failure": "it raised", "rows": 1, "columns": {}, **more})


def _columns(count: int) -> Mapping[str, Sequence[float]]:
    return {"delay": [float(row % 11) for row in range(count)], "load": [row % 7 / 7 for row in range(count)]}
