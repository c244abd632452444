"""Jobs on the command line: their runs, and when each is due next."""

import re

from tests.cli.commands import told
from tests.cli.memory import Memory

from lamplighter.domain.job import Run, State


def test_the_next_three_times_are_told_in_words_by_the_clocks_of_the_schedule() -> None:
    lines = told(Memory(), "jobs", "list", "late-flights").out.splitlines()
    said = " ".join(" ".join(lines).split())
    assert re.search(r"nightly next (\w+day \d+ \w+ 03:00 CES?T, ){2}\w+day \d+ \w+ 03:00 CES?T", said), lines
    coming = told(Memory(), "--json", "jobs", "list", "late-flights").json["data"]["next"]
    assert [len(times) for times in coming.values()] == [3]


def test_a_run_that_is_never_begun_says_why() -> None:
    class Skipping(Memory):
        def job_run(self, key: str) -> Run:
            return Run(id=key, model="late-flights", job="nightly", due_at=0, state=State.SKIPPED)

    said = " ".join(told(Skipping(), "jobs", "show", "J-1").out.split())
    assert "why It was due before the platform knew of the job, and is never begun." in said
    assert "version" not in said
