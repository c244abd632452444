"""An issuer that does not answer holds a few threads, whoever asks for it and however often."""

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from tests.lifecycle.issuers import Issuer, issuing

from lamplighter.domain.errors import LampError, Unavailable
from lamplighter.lifecycle.issuers import Issuers

#: Of those that ask at once, so many are told at once that they cannot wait.
ASKING, HELD = 30, 8


class Slow(Issuer):
    """An issuer that answers when it is let."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.let_on = threading.Event()
        self.let_on.set()

    def documents(self) -> Any:
        """The same, later."""
        self.let_on.wait(60.0)
        return super().documents()


@pytest.fixture
def slow() -> Iterator[Slow]:
    with issuing(Slow) as issuer:
        assert isinstance(issuer, Slow)
        yield issuer


def test_an_issuer_that_hangs_holds_a_few_threads_and_nobody_who_names_a_known_key(slow: Slow) -> None:
    now = [1_000.0]
    issuers = Issuers(lambda: now[0])
    assert issuers.key(slow.url, "first")
    now[0] += 60.0
    slow.let_on.clear()
    with ThreadPoolExecutor(ASKING) as pool:
        asked: set[Future[Any]] = {pool.submit(issuers.key, slow.url, f"made up {number}") for number in range(ASKING)}
        told, waiting = set[Future[Any]](), asked
        while len(told) < ASKING - HELD:
            more, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            told |= more
        # The issuer still says nothing, and a key that is known needs no word of it.
        assert len(told) == ASKING - HELD
        assert issuers.key(slow.url, "first")
        slow.let_on.set()
    refusals = [one.exception() for one in told]
    assert all(isinstance(one, Unavailable) and one.code == "E1721" for one in refusals)
    assert {one.exception().code for one in waiting if isinstance(one.exception(), LampError)} == {"E1314"}  # type: ignore[union-attr]
    # All places are free again.
    assert issuers.described(slow.url)["issuer"] == slow.url
