"""The digest is sent: to whoever speaks for a model in the business, once a week, whatever becomes of the process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver, receiving
from tests.lifecycle.test_digests import fill
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.digest import WEEK, week_before
from lamplighter.domain.events.notification import DigestPosted
from lamplighter.lifecycle import outbox, weekly
from lamplighter.lifecycle.weekly import posted_in
from lamplighter.settings import DigestTime

WORDS = {"things": "late trains", "verb": "warned about", "alarms": "warnings"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def told(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    """A platform that has a webhook and an Alertmanager that nobody could reach, in its first week."""
    more = f"""channels = ["inbox", "pager", "alerts"]
webhooks = {{ pager = "{receiver.url}" }}
alertmanagers = {{ alerts = "http://127.0.0.1:9/" }}
digest = {{ zone = "UTC" }}
"""
    with lived(tmp_path / "home", more) as life:
        weekly.post(life.kit)
        yield life


def speaks_for(life: Life, name: str, person: str, **more: Any) -> None:
    """A live model that somebody speaks for in the business."""
    owners = {"design": address("dana"), "business": person, "deputy": address("milo")}
    life.appoint(life.version(models.project(name, owners=owners, monitor={"digest": WORDS, **more})))


def lived_week(life: Life, name: str, before: float, hits: float, rows: int = 150) -> None:
    """Rows of four weeks and of the week before, as a clock a week ahead will see them."""
    monday = week_before(life.clock.now())[0] + WEEK
    for week in range(1, 5):
        fill(life.kit, monday - week * WEEK, rows, hits=before, model=name)
    fill(life.kit, monday, rows, hits=hits, model=name)


def post(life: Life) -> None:
    """What the control plane does again and again."""
    weekly.post(life.kit)
    outbox.deliver(life.kit)


def test_whoever_speaks_for_models_gets_one_message_a_week_with_the_worst_first(told: Life, receiver: Receiver) -> None:
    for name in ("calm", "worse"):
        speaks_for(told, name, address("bea"))
    lived_week(told, "calm", 0.7, 0.7, rows=200)
    lived_week(told, "worse", 0.8, 0.3)
    post(told)
    assert receiver.events == []
    told.clock.forward(7 * 86_400)
    for _ in range(2):
        post(told)
        told.restart()
        told.clock.forward(3600)
    (event,) = receiver.events
    (posted,) = told.events(DigestPosted)
    assert (event["type"], event["subject"]) == ("lamplighter.digest.posted.v1", posted.week)
    assert (event["data"]["person"], posted.person, posted.models) == (address("bea"), address("bea"), ("calm", "worse"))
    assert event["data"]["title"] == "How 2 models did: 1 worse than usual"
    first, worse, page, calm, _ = event["data"]["text"].splitlines()
    assert (first, page) == ("For bea@trains.example.", f"{told.settings.url}/m/worse/monitor")
    assert worse == f"worse: {told['bea'].digest('worse').sentence}"
    assert worse.endswith("Worse than usual.")
    assert calm.startswith("calm: Last week it warned about ")
    assert calm.endswith(" warnings were wrong. Normal.")
    told.clock.forward(7 * 86_400)
    post(told)
    assert len(receiver.events) == 2
    assert receiver.events[1]["data"]["text"].splitlines()[1] == "calm: Nobody asked it last week."


def test_a_receiver_that_is_back_after_a_day_gets_it_once(told: Life, receiver: Receiver) -> None:
    speaks_for(told, "alone", "@it-ops")
    receiver.status = 503
    told.clock.forward(7 * 86_400)
    post(told)
    told.restart()
    told.clock.forward(86_400)
    receiver.status = 200
    receiver.events.clear()
    post(told)
    (event,) = receiver.events
    assert (event["data"]["person"], event["data"]["title"]) == (address("ines"), "How alone did")


def test_without_a_business_owner_the_design_is_told_and_a_channel_of_a_model_brings_only_that_model(tmp_path: Path) -> None:
    with receiving() as receiver:
        more = f'webhooks = {{ pager = "{receiver.url}" }}\ndigest = {{ zone = "UTC" }}\n'
        with lived(tmp_path / "home", more) as life:
            weekly.post(life.kit)
            life.appoint(life.version(models.project("named", monitor={"notify": ["pager"]})))
            life.appoint(life.version(models.project("silent")))
            life.clock.forward(7 * 86_400)
            post(life)
            (event,) = receiver.events
            assert (event["data"]["person"], event["data"]["title"]) == (address("dana"), "How named did")


def test_where_no_channel_brings_it_nothing_is_written_down(life: Life) -> None:
    weekly.post(life.kit)
    speaks_for(life, "alone", address("bea"))
    life.clock.forward(7 * 86_400)
    post(life)
    with life.kit.store.reading() as look:
        assert (life.events(DigestPosted), look.notices.count()) == ([], 0)


def test_killed_at_whatever_it_writes_it_is_told_once(told: Life) -> None:
    speaks_for(told, "one", address("bea"))
    speaks_for(told, "two", address("ada"))
    now = told.clock.now() + WEEK
    command = [sys.executable, "-m", "tests.lifecycle.killed_posts", str(told.settings.home), str(now)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) > 10
    assert {(run["killed"], tuple(run["posted"]), tuple(run["waiting"])) for run in found} == {
        (True, (address("ada"), address("bea")), (address("ada"), address("bea")))
    }


@pytest.mark.parametrize(
    ("day", "zone", "now", "week"),
    [
        ("monday", "UTC", datetime(2026, 3, 2, 7, 59, tzinfo=UTC), date(2026, 2, 23)),
        ("monday", "UTC", datetime(2026, 3, 2, 8, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("monday", "Europe/Zurich", datetime(2026, 3, 2, 7, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("monday", "Europe/Zurich", datetime(2026, 3, 30, 6, 0, tzinfo=UTC), date(2026, 3, 30)),
        ("monday", "Pacific/Auckland", datetime(2026, 3, 1, 19, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("friday", "UTC", datetime(2026, 3, 5, 12, 0, tzinfo=UTC), date(2026, 2, 23)),
        ("friday", "UTC", datetime(2026, 3, 8, 12, 0, tzinfo=UTC), date(2026, 3, 2)),
    ],
)
def test_the_hour_is_that_of_the_place(day: str, zone: str, now: datetime, week: date) -> None:
    at = DigestTime(day=day, zone=zone)  # type: ignore[arg-type]
    assert posted_in(at, int(now.timestamp()) * 1_000_000) == week
