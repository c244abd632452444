"""Labels in a file: CSV with a head, or one JSON object a line."""

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lamplighter.cli.session import Session
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.pushed import LabelsKept
from lamplighter.sdk.answers import Label


def labels_in(session: Session, file: str) -> list[Label]:
    """Every label of a file, or of stdin for `-`; raises `Invalid` with the line that does not fit, and `NotFound`."""
    try:
        text = sys.stdin.read() if file == "-" else session.path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(
            "The labels cannot be read.",
            why=f"{error.strerror}.",
            fix="Name a file that exists, or - for stdin.",
            code="E1281",
        ) from None
    except UnicodeDecodeError:
        raise _misfit(1, "it is not text in UTF-8") from None
    return list(_labels(text))


def warnings(done: LabelsKept) -> Iterator[str]:
    """What has to be said of labels that change no figure."""
    if done.waiting:
        yield (
            f"{done.waiting:,} name no prediction that is known: it has not come yet, or it is not kept any more. They wait "
            "for it as long as [monitor] labels says."
        )
    if done.closed:
        yield f"{done.closed:,} came too late: rows of their days are old enough to go ([log] keep), and the figures stay."


def _labels(text: str) -> Iterator[Label]:
    rows = _from_json(text) if text.lstrip().startswith("{") else _from_csv(text)
    for line, row in rows:
        try:
            yield from_plain(row, Label, strict=False)
        except msgspec.ValidationError as error:
            raise _misfit(line, str(error)) from None


def _from_json(text: str) -> Iterator[tuple[int, Any]]:
    for line, words in enumerate(text.splitlines(), start=1):
        if words.strip():
            try:
                yield line, msgspec.json.decode(words)
            except msgspec.DecodeError:
                raise _misfit(line, "it is not JSON") from None


def _from_csv(text: str) -> Iterable[tuple[int, Any]]:
    reader = csv.DictReader(text.splitlines())
    if not {"id", "value"} <= set(reader.fieldnames or ()):
        raise _misfit(1, "the head does not name the columns id and value")
    for row in reader:
        yield reader.line_num, {name: row[name] for name in ("id", "value", "revision") if row.get(name)}


def _misfit(line: int, why: str) -> Invalid:
    return Invalid(
        f"Line {line} of the labels does not fit.",
        why=f"In short: {why}.",
        fix="Write the head id,value,revision and a line such as 7f3a.0,1,0 for each label.",
        code="E1191",
    )
