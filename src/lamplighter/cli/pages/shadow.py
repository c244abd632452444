"""How a shadow compares with the live version."""

from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.cli.table import Table
from lamplighter.domain.paired import DIFFERENCE_BOUNDS, ShadowRun


def shadow_page(session: Session, model: str, place: str, *, keep: bool) -> Page:
    """The flips, the differences by size, and what may be done with it; `keep` makes evidence of it."""
    run = session.platform.keep_shadow_run(model, place) if keep else session.platform.shadow_run(model, place)
    kept = " It is evidence of that version now." if keep else ""
    return Page(
        says=f"v{run.number} of {model} would decide {run.up + run.down:,} of {run.rows:,} rows unlike v{run.against}.{kept}",
        data={"run": run},
        facts=_facts(run),
        table=Table(_sizes(run), ("SIZE OF THE DIFFERENCE", "ROWS")) if run.rows else None,
        next=[f"lamp status {model}"] if keep else [f"lamp shadow {model}@{run.number} --env {place} --evidence"],
        url=session.address(f"/m/{model}"),
    )


def _facts(run: ShadowRun) -> list[tuple[str, str]]:
    return [
        ("since", local(run.since)),
        ("requests", f"{run.requests:,} scored by both, {run.failures:,} failed by v{run.number}"),
        ("flips", f"{run.up:,} to yes, {run.down:,} to no"),
        ("scores", f"{run.mean_difference:+.4f} on average, {run.mean_size:.4f} in size, {run.largest:.4f} at most"),
    ]


def _sizes(run: ShadowRun) -> list[tuple[str, str]]:
    names = ["none", *(f"at most {bound:g}" for bound in DIFFERENCE_BOUNDS[1:]), f"over {DIFFERENCE_BOUNDS[-1]:g}"]
    return [(name, f"{count:,}") for name, count in zip(names, run.bins, strict=True) if count]
