"""The page of rows that a model was asked for."""

from lamplighter.cli.instants import short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.rows import Rows
from lamplighter.sdk.frame import frame_of

#: Rows that are printed, without their inputs, which have no room in a line.
_SHOWN = 10


def rows_page(rows: Rows, url: str) -> Page:
    """What they are, and the outcome of the first ones; programs get all of them with their inputs."""
    columns = [rows.columns[name][:_SHOWN] for name in ("time", "id", "score", "decision", "label")]
    shown = [
        (short(time), identity, _number(score), decision or "-", _number(label))
        for time, identity, score, decision, label in zip(*columns, strict=True)
    ]
    return Page(
        says=rows.sentence,
        data={**_about(rows), "rows": frame_of(rows).records()},
        table=Table(shown, (f"TIME ({zone()})", "PREDICTION", "SCORE", "MEANS", "LABEL")),
        next=[f"lamp predictions rows {rows.model}{_asked(rows)} --out rows.parquet"],
        url=url,
        warnings=[f"{rows.count - _SHOWN:,} more are in --json, or in a file with --out."] if rows.count > _SHOWN else (),
    )


def written_page(rows: Rows, name: str, url: str) -> Page:
    """Where they were written to."""
    return Page(says=f"✓ {name}: {rows.sentence}", data={**_about(rows), "file": name}, url=url)


def _about(rows: Rows) -> dict[str, object]:
    names = (
        "model",
        "environment",
        "incident",
        "condition",
        "window",
        "redacted",
        "found",
        "without_inputs",
        "is_whole",
        "is_sample",
        "looked_through",
    )
    return {"count": rows.count, "inputs": list(rows.inputs), **{name: getattr(rows, name) for name in names}}


def _asked(rows: Rows) -> str:
    return f" --incident {rows.incident}" if rows.incident else f" --env {rows.environment}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
