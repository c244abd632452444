"""Jobs on the command line: their runs, and when each is due next."""

import re

from tests.cli.commands import told
from tests.cli.memory import Memory


def test_the_next_three_times_are_told_in_words_by_the_clocks_of_the_schedule() -> None:
    lines = told(Memory(), "jobs", "list", "late-flights").out.splitlines()
    said = " ".join(" ".join(lines).split())
    assert re.search(r"nightly next (\w+day \d+ \w+ 03:00 CES?T, ){2}\w+day \d+ \w+ 03:00 CES?T", said), lines
    coming = told(Memory(), "--json", "jobs", "list", "late-flights").json["data"]["next"]
    assert [len(times) for times in coming.values()] == [3]
