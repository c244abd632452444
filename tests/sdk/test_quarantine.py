"""A version that ends its process again and again is taken out of the traffic by itself."""

from dataclasses import replace

from tests.sdk import fragile, models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.errors import LampError
from lamplighter.domain.version import Version
from lamplighter.sdk.release import release


def broken(ground: Ground, model: str) -> tuple[Version, Version]:
    """A version that is well and live in dev, and one that dies of some rows."""
    project = models.project(model)
    well = release(ground["dana"], project, models.build())
    ground.live(well, "dev")
    frail = release(
        ground["dana"], project, replace(models.build(), model=fragile.probability, trust=True), ground.settings.signing_key
    )
    return well, frail


def kill(ground: Ground, model: str, count: int) -> None:
    """So many different rows that end the model's process."""
    endpoint = ground.endpoint(model, "dev")
    for row in range(count):
        try:
            endpoint.predict({"delay": [1000.0 + row], "load": [0.5]})
        except LampError:
            continue


def test_a_live_version_in_quarantine_is_rolled_back_with_an_incident_for_it(ground: Ground) -> None:
    model = "frail-trains"
    well, frail = broken(ground, model)
    ground.live(frail, "dev")
    kill(ground, model, 3)
    until(lambda: ground["rita"].status(model).live[0].number == well.number)
    (live,) = ground["rita"].status(model).live
    assert (live.number, live.challenger) == (well.number, 0)
    (incident,) = [one for one in ground["rita"].incidents(model) if one.finding.measure == "quarantine"]
    assert incident.finding.sentence.startswith(f"v{frail.number} answers nobody. It ended its process 3 times")
    assert (incident.finding.number, incident.finding.kind, incident.holder) == (frail.number, "technical", address("ines"))
    columns, _ = models.columns(3)
    assert ground.endpoint(model, "dev").predict(columns).version == well.name
