"""A file that pickle or joblib wrote: stored as code by trust, and opened nowhere but in a closed process."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge
from lamplighter.packaging.asked import asked
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.serving.worker.archive import LARGEST_FILE
from lamplighter.serving.worker.scorers import Scorer

#: The format that opens a file, by the end of its name.
_FORMATS = {".pkl": "cloudpickle", ".pickle": "cloudpickle", ".joblib": "joblib"}
#: How every pickle of the second protocol and later begins; a compressed one begins otherwise.
_BEGINNING = b"\x80"
#: Names of modules as a pickle holds them: behind the length of a text, or behind the opcode of a global.
_MODULE = re.compile(rb"(?:\x8c.|c|X....)([A-Za-z_][A-Za-z0-9_]*)(?=[.\n\x94q])", re.DOTALL)


def recognises(model: Any) -> bool:
    """Whether it is the path of such a file."""
    return isinstance(model, (str, Path)) and Path(model).suffix in _FORMATS and Path(model).is_file()


def capture(model: Any, request: Request) -> Captured:
    """The bytes of the file; raises `Invalid` without trust, and for a compressed or too large one.

    What it holds is not known before it is opened, so that a classifier has to be said to be one, by its classes.
    """
    if not request.trust:
        raise Invalid(
            "Opening a pickle runs code.",
            why="Whoever wrote the file decides what code, and nothing shows it before.",
            fix="Hand over the model itself, or pass trust=True to store it as code that runs only in a closed process.",
            code="E1155",
        )
    content = _content(Path(model))
    source = Source(name=f"model{Path(model).suffix}", format=_FORMATS[Path(model).suffix], badge=Badge.CODE, content=content)

    def truth(contract: Contract) -> Scorer:
        return asked(source, contract)

    return Captured(
        model=Path(model),
        source=source,
        output=output_of(("0", "1") if request.classes else (), request),
        inputs=None,
        width=None,
        truth=truth,
        roots=roots(content),
    )


def _content(file: Path) -> bytes:
    size = file.stat().st_size
    content = file.read_bytes() if size <= LARGEST_FILE else b""
    if not content.startswith(_BEGINNING):
        raise unsupported(
            "This pickle cannot be a version.",
            f"It is larger than {LARGEST_FILE >> 20} MB, compressed, or of the first protocol.",
            "Write it with pickle.dump, cloudpickle.dump or joblib.dump without compression.",
        )
    return content


def roots(content: bytes) -> frozenset[str]:
    """Top modules of installed packages that a pickle names; a text that only looks like one adds a package too many."""
    named = {match.decode() for match in _MODULE.findall(content)}
    return frozenset({top for top in metadata.packages_distributions() if top in named} | {"pandas"})
