"""What the protocols below `/m/{model}` share: tables as CSV, Parquet and Arrow, and answers as an Arrow stream."""

import io

import msgspec

from lamplighter.domain.contract import MOST_PROBLEMS, Contract, Problem
from lamplighter.serving.accepting import ARROW
from lamplighter.serving.codecs.base import Question, Reply, answer_form, media_of, media_refusal, rows_refusal
from lamplighter.serving.csv_rows import from_csv
from lamplighter.serving.message import JSON, Answer, Request
from lamplighter.serving.problems import Refusal
from lamplighter.serving.table_files import PARQUET, Table
from lamplighter.serving.tables import Columns

CSV = b"text/csv"


class Form(msgspec.Struct):
    """How the answer is written."""

    media: bytes

    def question(self, columns: Columns | Refusal) -> Question | Refusal:
        """The question that these columns are."""
        if isinstance(columns, Refusal):
            return columns
        rows = len(next(iter(columns.values()), ()))
        return rows_refusal(rows) or Question(columns, rows, form=self.media)


def forms(request: Request) -> Form | Refusal:
    """The form of the answer, if both the body and the answer have forms that are taken."""
    media = answer_form(request, JSON, ARROW)
    if isinstance(media, Refusal):
        return media
    return media_refusal(request, CSV, PARQUET, ARROW) or Form(media)


def opened(request: Request, contract: Contract) -> Columns | Refusal | None:
    """The columns of a body that is a table; nothing if it is JSON."""
    if isinstance(request.opened, Table):
        return _misfit(request.opened, contract) or request.opened.columns
    return from_csv(request.body, contract) if media_of(request) == CSV else None


def _misfit(table: Table, contract: Contract) -> Refusal | None:
    """Columns of kinds that are never turned into another. A name that is not in the contract is not repeated."""
    if not table.strange:
        return None
    known = {column.name: column.kind for column in contract.inputs}
    problems = [
        Problem(f"/columns/{name.replace('~', '~0').replace('/', '~1')}", "type", known[name], kind)
        for name, kind in table.strange.items()
        if name in known
    ]
    if len(problems) < len(table.strange):
        problems.append(Problem("/columns", "extra", "no other column", "column"))
    return Refusal("schema-violation", "Send numbers, texts and booleans.", tuple(problems[:MOST_PROBLEMS]))


def write_arrow(reply: Reply, lines: bytes) -> Answer:
    """The scores as the one column of an Arrow stream."""
    # Most processes never answer so, and the library takes memory.
    from arro3.core import Array, DataType, Table
    from arro3.io import write_ipc_stream

    table = Table.from_pydict({reply.output: Array(reply.scores, DataType.float64())})
    stream = io.BytesIO()
    write_ipc_stream(table, stream)
    return Answer(200, stream.getvalue(), ARROW, lines)
