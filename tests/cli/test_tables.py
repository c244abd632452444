"""Tables fit the width and lose nothing."""

import time

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.cli.instants import lasted, local, read
from lamplighter.cli.page import Page, written
from lamplighter.cli.table import WIDTH, Table, lines
from lamplighter.domain.instant import rfc3339

TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120)
ROWS = st.integers(1, 6).flatmap(lambda width: st.lists(st.tuples(*[TEXT] * width), min_size=1, max_size=5))


@given(ROWS)
def test_every_line_fits_and_every_character_is_there(rows: list[tuple[str, ...]]) -> None:
    told = lines(Table(rows))
    assert max(map(len, told)) <= WIDTH
    assert sorted("".join(told).replace(" ", "")) == sorted("".join("".join(row) for row in rows))


@given(st.lists(st.text(st.sampled_from("ab "), max_size=200), min_size=1, max_size=3))
def test_every_line_of_a_page_fits(texts: list[str]) -> None:
    page = Page(says=texts[0], facts=[(f"fact {place}", text) for place, text in enumerate(texts)])
    assert max((len(line) for line in written(page, quiet=False)), default=0) <= WIDTH


def test_numbers_stand_at_the_right() -> None:
    assert lines(Table([("a", "1"), ("b", "1,000")], ("NAME", "ROWS"), frozenset({1}))) == [
        "  NAME   ROWS",
        "  a         1",
        "  b     1,000",
    ]


@given(st.integers(1, 4), st.integers(1, WIDTH))
def test_a_column_without_any_text_is_told_as_nothing(columns: int, width: int) -> None:
    assert lines(Table([("",) * columns, ("",) * columns]), width) == ["", ""]
    assert lines(Table([("a", "", "b")], ("A", "", "B"))) == ["  A     B", "  a     b"]


def test_a_table_without_rows_is_nothing() -> None:
    assert lines(Table([], ("NAME",))) == []


def test_two_commands_stand_in_one_line_if_they_fit() -> None:
    assert written(Page(says="Done.", next=["lamp a", "lamp b"]), quiet=False) == ["Done.", "Next: lamp a      lamp b"]
    long = "lamp " + "x" * 60
    assert written(Page(says="Done.", next=[long, long]), quiet=False) == ["Done.", f"Next: {long}", f"      {long}"]


@given(st.integers(0, 4_000_000_000).map(lambda second: second * 1_000_000))
def test_an_instant_is_read_as_it_was_written(instant: int) -> None:
    assert read(rfc3339(instant)) == instant


def test_an_instant_without_an_offset_is_local() -> None:
    assert rfc3339(read("2026-03-03T14:32")) == "2026-03-03T13:32:00Z"
    assert rfc3339(read("2026-07-03")) == "2026-07-02T22:00:00Z"
    assert local(read("2026-07-03T00:00+00:00")) == "2026-07-03 02:00 CEST"
    before = time.time_ns() // 1000
    assert before <= read("now") < before + 60_000_000


def test_how_long_it_lasted() -> None:
    assert [lasted(s) for s in (41.2, 60, 7200, 86400, 172_800)] == ["41 s", "1 min", "2 h", "24 h", "2 days"]


def test_a_long_word_goes_on_behind_its_mark() -> None:
    address, many = "dana@flights.example", ("x" * 20,) * 3
    told = lines(Table([(*many, address)], ("A", "B", "C", "D")))
    assert [line.split()[-1] for line in told[1:]] == ["dana@", "flights.example"]
