"""The layout of an environment's directory, and how a file in it is replaced."""

from pathlib import Path

ROUTE = "route.json"
CREDENTIALS = "credentials.json"
#: Reports of the processes, `<slot>.json`.
WORKERS = "workers"
#: What processes before the present ones had counted, `<slot>.json`.
PAST = "past"
#: What the self-test of the sandbox has found.
SANDBOX = "sandbox.json"
#: What became of spans.
TELEMETRY = "telemetry.json"
#: The prediction log.
SEGMENTS = "segments"
#: Names the parent; locked while the group runs.
PID = "serving.pid"


def replace(path: Path, content: bytes) -> None:
    """Put the content in place as a whole: a reader sees the old file or the new one. Not forced to the disk."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
