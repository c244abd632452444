"""The inventory of all models, written into a folder with the file that explains its columns."""

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.domain.errors import NotFound
from lamplighter.domain.names import unknown
from lamplighter.sdk.inventory import COLUMNS, NOTE, Form, content, read_columns

_EXPLAINED = "inventory-columns.toml"


def inventory_page(session: Session, out: str, form: str, columns: str) -> Page:
    """Write both files; raises `Invalid` or `NotFound` for columns or a form that cannot be."""
    if form and form not in set(Form):
        raise unknown("form of the inventory", form, list(Form))
    kind, text = Form(form or Form.CSV), _text(session, columns)
    wanted = read_columns(text)
    listed = session.platform.inventory()
    place = session.path(out)
    place.mkdir(parents=True, exist_ok=True)
    name = f"inventory.{kind}"
    (place / name).write_bytes(content(listed, wanted, kind))
    (place / _EXPLAINED).write_text(text, encoding="utf-8")
    lacking = sum(bool(one.lacks) for one in listed)
    return Page(
        says=f"✓ {len(listed):,} model{'' if len(listed) == 1 else 's'} and {len(wanted)} columns are in {out}.",
        data={"models": len(listed), "columns": [one.name for one in wanted], "lacking": lacking, "files": [name, _EXPLAINED]},
        facts=[
            (name, "one row for each model, live or not, served here or elsewhere"),
            (_EXPLAINED, "what each column holds, and beside which rules it may help"),
            ("note", NOTE),
            *([("lacking", f"{lacking:,} lack an owner, a deputy or a review")] if lacking else []),
        ],
        next=["lamp list --lack owner", "lamp list --lack review"] if lacking else [],
        url=session.address("/"),
    )


def _text(session: Session, columns: str) -> str:
    path = session.path(columns) if columns else COLUMNS
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFound(
            "There is no such file of columns.",
            why="Nothing that can be read as text is there.",
            fix="Run lamp export inventory once; it writes inventory-columns.toml, which you may change.",
            code="E1598",
        ) from None
