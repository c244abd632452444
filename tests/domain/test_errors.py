"""A refusal reads the same wherever it is shown."""

from IPython.core.interactiveshell import InteractiveShell

from lamplighter.domain.errors import NotFound


def test_a_notebook_shows_the_refusal_and_no_calls(capsys: object) -> None:
    refused = NotFound("There is no model of that name.", why="Known: churn.", fix="Did you mean churn?", code="E1201")
    try:
        raise refused
    except NotFound:
        shown = InteractiveShell.instance().showtraceback
        shown()
    assert capsys.readouterr().out.splitlines() == str(refused).splitlines()  # type: ignore[attr-defined]
