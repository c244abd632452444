"""Whether a control plane is ready: a loop that hangs makes it say so, whatever else still answers."""

import os
from pathlib import Path

from sqlalchemy import text
from tests.api.doorways import open_doorways
from tests.lifecycle.lives import MovableClock
from tests.sdk.homes import until

from lamplighter.cli.doctor import control_plane
from lamplighter.domain.identity import Role
from lamplighter.domain.stage import Status


def test_a_loop_that_hangs_makes_it_unready_until_it_goes_on(tmp_path: Path) -> None:
    clock = MovableClock()
    with open_doorways(tmp_path / "home", clock) as doorways:
        settings, reconciler = doorways.kit.settings, doorways.application.state.reconciler
        assert (doorways.ask("GET", "/readyz").status_code, doorways.ask("GET", "/readyz").text) == (200, "ok\n")
        assert control_plane(settings, os.getpid()).status is Status.HEALTHY
        # Whoever reads what was recorded waits for this lock, as behind a disk that does not answer.
        with doorways.kit.segments["dev"]:
            # It beats once more on its way to the lock.
            while True:
                hung_at = clock.now()
                clock.forward(65.0)
                until(lambda since=hung_at: reconciler.heartbeats[1].at > since)  # type: ignore[misc]
                answer = doorways.ask("GET", "/readyz")
                if answer.status_code != 200:
                    break
            assert (answer.status_code, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
            age = answer.text.removeprefix("The reconciler has not beaten for ").partition(" ")[0]
            assert answer.text == f"The reconciler has not beaten for {age} s; it has to beat every 60 s.\n"
            assert int(age) >= 65
            assert doorways.ask("GET", "/livez").status_code == 200
            told = control_plane(settings, os.getpid())
            assert (told.status, "The reconciler has not beaten" in told.what) == (Status.FAILING, True)
            figures = doorways.ask("GET", "/metrics", doorways.tokens[Role.OBSERVER]).text
            assert 'lamp_loop_limit_seconds{loop="reconciler"} 60.0' in figures
            (beat,) = [line for line in figures.splitlines() if line.startswith("lamp_loop_last_beat") and "reconciler" in line]
            assert float(beat.split()[-1]) * 1_000_000 < hung_at + 1_000_000
        until(lambda: doorways.ask("GET", "/readyz").status_code == 200)


def test_loops_that_cannot_write_are_dead_although_they_turn(tmp_path: Path) -> None:
    clock = MovableClock()
    with open_doorways(tmp_path / "home", clock) as doorways:
        until(lambda: all(beat.at for beat in doorways.application.state.reconciler.heartbeats))
        with doorways.kit.store.engine.begin() as connection:
            connection.execute(text("ALTER TABLE heartbeats RENAME TO elsewhere"))
        clock.forward(301.0)
        answer = doorways.ask("GET", "/readyz")
        assert answer.status_code == 503
        assert [line.split()[1] for line in answer.text.splitlines()] == ["reconciler", "measurer"]
