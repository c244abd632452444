"""Whoever reads an answer may have enough of it: that is no defect of the command."""

import os
import subprocess

from tests.cli.commands import LAMP


def test_an_answer_that_nobody_reads_to_its_end_is_no_defect() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as closed:
        done = subprocess.run([LAMP, "explain", "E1100"], stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_talk_that_nobody_reads_leaves_the_exit_code_alone() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as closed:
        done = subprocess.run([LAMP, "explain", "nothing"], stdout=closed, stderr=closed, timeout=60, check=False)
    assert done.returncode == 3
