"""Rule books with a freeze that begins or ends when a test wants it, by the clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.domain import specimens
from tests.lifecycle.lives import Life, lived

DAY = 86_400.0
#: What every test of a run calls today, whatever midnight comes meanwhile.
TODAY = datetime.now(UTC).date()


def frozen(first: int, last: int) -> str:
    """The starter rule book, in which both tiers are frozen in production for days around today, UTC."""
    days = [str(TODAY + timedelta(days=ahead)) for ahead in (first, last)]
    freeze = f'{{ name = "closing", from = "{days[0]}", to = "{days[1]}", zone = "UTC", why = "The books are closed." }}'
    head = "[tier.levels.production]\n"
    return specimens.starter_text().replace(head, f"{head}freeze = [{freeze}]\n")


@contextmanager
def frozen_life(folder: Path, first: int, last: int, more: str = "") -> Iterator[Life]:
    """A platform under that rule book."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.toml").write_text(frozen(first, last))
    with lived(folder / "home", more=f'policy = "{folder / "policy.toml"}"\n{more}') as life:
        yield life


def midnight(ahead: int) -> int:
    """The beginning of a day in UTC, microseconds."""
    day = TODAY + timedelta(days=ahead)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000


def move_to(life: Life, ahead: int) -> None:
    """Let time pass until an hour after a midnight."""
    life.clock.forward((midnight(ahead) - life.clock.now()) / 1e6 + 3600)
