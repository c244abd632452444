"""Canaries, promotions and rollbacks under load: nobody is refused, and no customer goes back and forth."""

import threading
import time
from itertools import groupby, pairwise
from pathlib import Path

from tests.serving.groundwork import MODEL, Ground, until

from lamplighter.domain.route import ModelRoute, Served

STEPS = (0.0, 0.25, 0.6)
CYCLES = 10


class Customers(threading.Thread):
    """A connection that asks for its customers in turn and keeps what each was answered by."""

    def __init__(self, ground: Ground, name: str) -> None:
        super().__init__(daemon=True)
        self._caller = ground.caller()
        self._going = True
        #: Versions that answered each customer, in order.
        self.seen: dict[str, list[str]] = {f"{name}-{place}": [] for place in range(5)}
        #: Whatever was not one whole answer by one version.
        self.wrong: list[object] = []

    def run(self) -> None:
        """Ask until stopped."""
        while self._going:
            for key, seen in self.seen.items():
                status, body, headers = self._caller.infer(Lamp_Key=key)
                named = headers.get("Lamp-Version")
                if status != 200 or named != f"{MODEL}@{body['model_version']}":
                    self.wrong.append((status, body, named))
                else:
                    seen.append(body["model_version"])

    def stop(self) -> None:
        """Finish the request in work."""
        self._going = False
        self.join(15)


def follows(seen: list[str], lived: list[str]) -> bool:
    """Whether the versions that a customer saw came in the order in which they lived, none twice in its life."""
    left = iter(lived)
    return all(version in left for version, _ in groupby(seen))


def test_customers_that_go_back_are_noticed() -> None:
    assert follows(["1", "1", "2", "4"], ["1", "2", "3", "4"])
    assert not follows(["1", "2", "1", "2"], ["1", "2", "3"])


def test_many_changes_fail_nobody_and_every_customer_moves_only_forward(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    versions = [ground.version(number, float(number)) for number in range(1, CYCLES + 2)]
    ground.route(ModelRoute(model=MODEL, champion=versions[0]))
    lived, changes = ["1"], 0

    def change(champion: Served, challenger: Served | None, share: float, previous: Served | None) -> None:
        nonlocal changes
        changes += 1
        route = ModelRoute(model=MODEL, champion=champion, challenger=challenger, share=share, previous=previous)
        revision = ground.route(route)
        until(lambda: ground.adopted(revision, 2))
        time.sleep(0.02)

    with ground.serving(2):
        threads = [Customers(ground, f"thread{number}") for number in range(4)]
        for thread in threads:
            thread.start()
        for turn, (old, new) in enumerate(pairwise(versions)):
            for share in STEPS:
                change(old, new, share, None)
            change(new, None, 0.0, old)
            lived.append(str(new.number))
            if turn % 3 == 2:
                change(old, None, 0.0, new)
                change(new, None, 0.0, old)
                lived += [str(old.number), str(new.number)]
        for thread in threads:
            thread.stop()
    histories = {key: seen for thread in threads for key, seen in thread.seen.items()}
    assert [thread.wrong for thread in threads] == [[], [], [], []]
    assert {key: seen for key, seen in histories.items() if not follows(seen, lived)} == {}
    assert changes == CYCLES * 4 + 6
    assert all(seen[-1] == lived[-1] and len(set(seen)) > CYCLES // 2 for seen in histories.values())
