"""A refusal reads the same wherever it is shown."""

from IPython.core.interactiveshell import InteractiveShell

from lamplighter.domain.errors import LampError, NotFound


def test_a_refusal_is_read_where_a_text_ends_with_it() -> None:
    refused = NotFound("There is no model of that name.", why="Known: churn (1).", fix="Did you mean churn?", code="E1201")
    read = LampError.last_in(f"12:00 INFO a line (E1000)\n{refused}\n")
    assert read is not None
    assert (read.what, read.why, read.fix, read.code) == (refused.what, refused.why, refused.fix, refused.code)
    for text in ("", "ValueError: no", f"{refused}\nand more\n", "  Why   w\n  Fix   f"):
        assert LampError.last_in(text) is None


def test_a_notebook_shows_the_refusal_and_no_calls(capsys: object) -> None:
    refused = NotFound("There is no model of that name.", why="Known: churn.", fix="Did you mean churn?", code="E1201")
    try:
        raise refused
    except NotFound:
        shown = InteractiveShell.instance().showtraceback
        shown()
    assert capsys.readouterr().out.splitlines() == str(refused).splitlines()  # type: ignore[attr-defined]
