"""Texts that a spreadsheet would take for formulas: what callers and sources have sent must run nothing on the desk of whoever
opens it (CWE-1236).

Law of change: a text is written so that whoever takes one apostrophe away from what matches `MARKED` has what was there.
"""

import re

#: What begins a formula, perhaps behind apostrophes of its own.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
#: What is in a cell that got an apostrophe.
MARKED = re.compile(r"'+[=+\-@\t\r]")


def cell(text: str) -> str:
    """A text as it stands in a file for a spreadsheet: one that begins like a formula has an apostrophe in front of it."""
    return f"'{text}" if _FORMULA.match(text) else text
