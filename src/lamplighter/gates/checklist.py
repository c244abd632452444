"""Is everything in order that the organisation wants of every version, but for what may stay open here?"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lamplighter.domain.checklist import Check, Item, Severity
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evaluation import KIND, evaluation_in
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.outage import Fallback
from lamplighter.domain.record import Settings
from lamplighter.domain.stage import Stage


class Gate(Settings, frozen=True):
    """No item of the checklist that matters more than `limit` is open. The items are those of the rule book."""

    #: The highest severity that may stay open.
    limit: Severity = Severity.MEDIUM
    items: tuple[Item, ...] = ()

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming every open item above the limit, and what closes each."""
        if not self.items:
            return Undecided(
                why="The rule book has no checklist.", fix="Write [[checklist]] in the rule book, or leave the gate out."
            )
        items = sorted((item for item in self.items if not _closed(item, dossier)), key=lambda item: -item.severity.rank)
        above = [item for item in items if item.severity.rank > self.limit.rank]
        below = items[len(above) :]
        if not above:
            allowed = f"; open, and not above {self.limit}: {_names(below)}" if below else ""
            return Passed(why=f"{len(self.items) - len(items)} of {len(self.items)} items are closed{allowed}.")
        told = "; ".join(f"{item.name} ({item.severity}): {item.sentence.strip().removesuffix('.')}" for item in above)
        closing = " ".join(f"{item.name}: {_FACTS[item.check].fix.format(least=item.least)}" for item in above)
        # A waiver covers the very words of `why`; what may stay open anyway is told beside it, or closing that would end one.
        more = f" Open as well, and allowed here: {_names(below)}." if below else ""
        return Refused(why=f"Open above {self.limit}: {told}.", fix=f"{closing}{more}")


def _names(items: Sequence[Item]) -> str:
    return ", ".join(f"{item.name} ({item.severity})" for item in items)


def _closed(item: Item, dossier: Dossier) -> bool:
    return _FACTS[item.check].holds(dossier, item)


class _Fact(NamedTuple):
    holds: Callable[[Dossier, Item], bool]
    #: What closes an item that asks for it.
    fix: str


def _slices(dossier: Dossier, _: Item) -> bool:
    required = {rows.column for one in dossier.project.requirement if (rows := one.rows)}
    return required.issuperset(dossier.project.monitor.slices)


def _deputies(dossier: Dossier, _: Item) -> bool:
    """Whether somebody is named; whether they are here is what the gate `ownership` asks. In a team one stands in for the
    other."""
    owners = dossier.project.owners
    holders = [owners.holder(stage) for stage in Stage]
    return all(one and (one.deputy or owners.deputy or one.then or one.first.startswith("@")) for one in holders)


def _fresh(dossier: Dossier, _: Item) -> bool:
    sources = dossier.project.source
    return bool(sources) and all(source.freshness for source in sources)


def _fallback(dossier: Dossier, _: Item) -> bool:
    away = dossier.version.elsewhere
    return bool(away.back.strip()) if away else dossier.project.outage.answer is not Fallback.FAIL


def _rows(dossier: Dossier, item: Item) -> bool:
    found = evaluation_in(dossier.evidence.get(KIND))
    return found is not None and found.rows >= item.least


def _held_out(dossier: Dossier, _: Item) -> bool:
    found = evaluation_in(dossier.evidence.get(KIND))
    return found is not None and found.held_out


def _commit(dossier: Dossier, _: Item) -> bool:
    commit = dossier.version.manifest.provenance.commit
    return bool(commit) and not commit.endswith("-dirty")


#: What each check looks at. A check that is not here does not exist.
_FACTS: Mapping[Check, _Fact] = {
    Check.SUMMARY: _Fact(lambda d, _: bool(d.project.model.summary.strip()), "Write summary in [model] of lamp.toml."),
    Check.LIMITATIONS: _Fact(
        lambda d, _: any(one.strip() for one in d.project.model.limitations), "Write limitations in [model] of lamp.toml."
    ),
    Check.LICENCE: _Fact(
        lambda d, _: bool(d.project.model.licence or d.version.manifest.provenance.licence),
        "Write licence in [model] of lamp.toml, as an SPDX expression.",
    ),
    Check.SUCCESS: _Fact(lambda d, _: d.project.problem.success is not None, "Write success in [problem] of lamp.toml."),
    Check.REQUIREMENTS: _Fact(lambda d, _: bool(d.project.requirement), "Write [[requirement]] in lamp.toml."),
    Check.SLICES: _Fact(_slices, "Write a [[requirement]] with a slice for each input in slices of [monitor]."),
    Check.FAIRNESS: _Fact(
        lambda d, _: bool(d.project.fairness.criterion or d.project.fairness.none.strip()),
        "Declare [[fairness.criterion]] in lamp.toml, or say in none of [fairness] why no group is concerned.",
    ),
    Check.CASES: _Fact(lambda d, _: bool(d.project.uat.case), "Write a [[uat.case]] in lamp.toml."),
    Check.BUSINESS_OWNER: _Fact(lambda d, _: bool(d.project.owners.business), "Write business in [owners] of lamp.toml."),
    Check.DEPUTIES: _Fact(_deputies, "Name an owner of each stage and a deputy in [owners] of lamp.toml."),
    Check.FRESHNESS: _Fact(_fresh, "Write a [[source]] for each in lamp.toml, with its freshness."),
    Check.LABELS: _Fact(lambda d, _: bool(d.project.monitor.labels.origin), "Write labels in [monitor] of lamp.toml."),
    Check.QUALITY_LIMIT: _Fact(
        lambda d, _: d.project.monitor.quality.limit is not None, "Write a limit in quality of [monitor] of lamp.toml."
    ),
    Check.RUNBOOK: _Fact(lambda d, _: bool(d.project.monitor.runbook.strip()), "Write runbook in [monitor] of lamp.toml."),
    Check.FALLBACK: _Fact(
        _fallback, "Write an answer in [outage] of lamp.toml; of a model that runs elsewhere, say how one goes back there."
    ),
    Check.EVALUATION_ROWS: _Fact(_rows, "Evaluate it on {least} rows or more, and register the version again."),
    Check.HELD_OUT: _Fact(
        _held_out, "Give evaluation and evaluation_labels to lamplighter.Build, of rows that it has not seen."
    ),
    Check.LOCK: _Fact(
        lambda d, _: bool(d.version.elsewhere or d.version.manifest.lock.python), "Register the version again with lamp deploy."
    ),
    Check.COMMIT: _Fact(_commit, "Commit the training code, and register the version again."),
    Check.TRAINING_DATA: _Fact(
        lambda d, _: bool(d.version.manifest.provenance.data_digest), "Register the version again with lamp deploy."
    ),
}
