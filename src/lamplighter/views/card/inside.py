"""What is inside a version, and what it was made from."""

from collections.abc import Iterator

from lamplighter.domain.card import Section, Table
from lamplighter.domain.contract import Column
from lamplighter.domain.imported import Imported
from lamplighter.domain.instant import minute
from lamplighter.domain.origin import Origin
from lamplighter.domain.project import Project
from lamplighter.domain.training_input import GivenTo
from lamplighter.domain.version import Provenance, Version

#: Categories that are named.
_FEW = 12


def sections(project: Project, version: Version, origin: Origin | None, given: GivenTo | None) -> Iterator[Section]:
    """Data sources, training, contents."""
    sources = tuple((one.name, one.owner or "nobody", one.freshness or "-", ", ".join(one.columns)) for one in project.source)
    yield Section(
        name="sources",
        title="The data that it lives on",
        sentences=() if sources else ("No source is named in its project.",),
        tables=(Table(heads=("Source", "Owner", "Fresh within", "Columns"), rows=sources),) if sources else (),
    )
    yield Section(name="training", title="How it was made", facts=(*_training(version), *_given(given), *_origin(origin)))
    yield Section(name="inside", title="What is inside", facts=_inside(version), tables=_tables(version))


def _training(version: Version) -> tuple[tuple[str, str], ...]:
    origin, lock = version.manifest.provenance, version.manifest.lock
    packages = ", ".join(f"{name} {number}" for name, number in sorted(lock.packages.items()))
    return (
        ("Registered", f"by {version.author}, {minute(version.created_at)}"),
        ("Note", version.note or "-"),
        *_imported(origin),
        ("Commit of the code", origin.commit or "not recorded"),
        ("Digest of the data", origin.data_digest or "not recorded"),
        ("Rows", f"{origin.data_rows:,}" if origin.data_rows else "not recorded"),
        ("They cover", origin.data_period or "not recorded"),
        ("Seed", "not recorded" if origin.seed is None else str(origin.seed)),
        ("Packages that it needs", f"Python {lock.python}: {packages}" if packages else "none are needed where it is served"),
        ("Licence", origin.licence or "not named"),
    )


def _imported(origin: Provenance) -> tuple[tuple[str, str], ...]:
    """Where it was brought in from; its server is told with the evidence."""
    found = origin.imported
    if not isinstance(found, Imported):
        return ()
    return (
        ("Brought in from MLflow", f"{found.name}, version {found.number}, {f'run {found.run}' if found.run else 'no run'}"),
    )


def _given(told: GivenTo | None) -> tuple[tuple[str, str], ...]:
    """What the platform gave to its training, where it started one."""
    if told is None:
        return ()
    spans = [f"{one.quarantine}, {minute(one.start)} to {minute(one.end)}: {one.reason}" for one in told.given.left_out]
    by = f"{told.trigger}, {told.cause}" if told.trigger else told.cause
    return (("Training", f"{told.training}, set off by {by}"), ("Left out of its rows", "; ".join(spans) or "nothing"))


def _origin(origin: Origin | None) -> tuple[tuple[str, str], ...]:
    if origin is None:
        return (("Environment of the training", "not recorded"),)
    packages = ", ".join(f"{name} {number}" for name, number in sorted(origin.lock.packages.items()))
    ours = f"lamplighter {origin.lamplighter} on {origin.system}, Python {origin.lock.python}"
    data = ((f"Digest of the {part}", f"{found.digest}, {found.rows:,} rows") for part, found in origin.data.items())
    return (("Environment of the training", f"{ours}: {packages}"), *data)


def _inside(version: Version) -> tuple[tuple[str, str], ...]:
    manifest, output = version.manifest, version.manifest.contract.output
    classes = f" ({', '.join(output.classes)})" if output.classes else ""
    away = (("Runs elsewhere", version.elsewhere.at),) if version.elsewhere else ()
    return (
        ("Digest", version.digest),
        ("Runtime", manifest.runtime),
        *away,
        ("Opening it", manifest.badge.value),
        ("Answers with", f"{output.name}, a {output.meaning}{classes}"),
        *_calibration(version),
        ("Decision", f"positive from a score of {manifest.decision.threshold:g}"),
    )


def _calibration(version: Version) -> tuple[tuple[str, str], ...]:
    by = version.manifest.calibrates
    if by is None:
        return ()
    return (("Calibration", f"log-odds of the score times {by.slope:.4f}, plus {by.intercept:+.4f}"),)


def _tables(version: Version) -> tuple[Table, ...]:
    files = tuple((one.role, one.name, one.format, f"{one.size:,}", one.digest) for one in version.manifest.artifacts)
    inputs = tuple(
        (one.name, one.kind.value, "allowed" if one.nullable else "refused", _seen(one))
        for one in version.manifest.contract.inputs
    )
    return (
        Table(heads=("Input", "Kind", "Empty", "Seen in the reference"), rows=inputs),
        Table(heads=("Part", "File", "Format", "Bytes", "SHA-256"), rows=files),
    )


def _seen(column: Column) -> str:
    if column.categories:
        more = len(column.categories) - _FEW
        return ", ".join(column.categories[:_FEW]) + (f" and {more} more" if more > 0 else "")
    if column.low is None or column.high is None:
        return "-"
    return f"{column.low:g} to {column.high:g}"
