"""What a process runs that packs versions: `python -m lamplighter.sdk.importing`.

Each line that it reads names a file with an order; the answer lies beside it before a line says so. One process packs many, so
that libraries are loaded once.
"""

import os
import sys
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, LampError
from lamplighter.sdk.importing.packing import Order, made
from lamplighter.sdk.importing.process import ANSWER, Answer, Said


def main() -> int:
    """Pack until there is nothing more to read."""
    # Libraries print; what is read here is said by nobody else.
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        file = Path(line.rstrip("\n"))
        file.with_suffix(ANSWER).write_bytes(msgspec.msgpack.encode(_answered(file)))
        said.write("packed\n")
        said.flush()
    return 0


def _answered(file: Path) -> Answer:
    try:
        return Answer(made=made(from_json(file.read_bytes(), Order)))
    except LampError as error:
        return Answer(said=Said(error.what, error.why, error.fix, error.code))
    except ImportError as error:
        return Answer(said=_said(_lacking(str(error.name or "a library"))))
    except Exception as error:  # libraries raise anything for a file that is damaged
        return Answer(said=_said(_failed(type(error).__name__)))


def _said(error: LampError) -> Said:
    return Said(error.what, error.why, error.fix, error.code)


def _lacking(module: str) -> LampError:
    return Invalid(
        "This version cannot be opened here.",
        why=f"Its library {module} is not installed here.",
        fix="Install it beside lamplighter, and repeat; what was brought in is not brought in again.",
        code="E1457",
    )


def _failed(kind: str) -> LampError:
    return Invalid(
        "This version cannot be packed.",
        why=f"Opening or asking it raises {kind}.",
        fix="Open it with MLflow where it was made; save it again, and repeat.",
        code="E1457",
    )


if __name__ == "__main__":
    sys.exit(main())
