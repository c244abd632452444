"""RECORD: export backstage."""

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session

_FILE = "catalog-info.yaml"


def backstage_page(session: Session, model: str, out: str, address: str) -> Page:
    """Write one model, or all of them, for the catalog of Backstage."""
    from lamplighter.domain.names import unknown
    from lamplighter.sdk.backstage import Described, entities, written

    platform = session.platform
    listed = {one.model: one for one in platform.inventory()}
    if model and model not in listed:
        raise unknown("model", model, listed)
    places = {one.name: one for one in platform.environments()}
    found = []
    for name in [model] if model else sorted(listed):
        live = platform.status(name).live
        version = platform.version(f"{name}@{live[-1].number}").version if live else None
        place = places.get(live[-1].environment) if live else None
        found.append(Described(listed=listed[name], project=platform.project(name), live=version, environment=place))
    made = entities(found, listed, address.rstrip("/") or session.address(""))
    path = session.path(out)
    path.mkdir(parents=True, exist_ok=True)
    (path / _FILE).write_text(written(made), encoding="utf-8")
    kinds = [one["kind"] for one in made]
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    return Page(
        says=f"✓ {len(found)} model{'' if len(found) == 1 else 's'} for Backstage in {out}/{_FILE}.",
        data={"file": _FILE, "entities": counts},
        facts=[
            (_FILE, "register its address in the catalog; " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
        ],
        next=["lamp export inventory"],
    )
