"""Who has it, and who said yes or no."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lamplighter.domain.card import Section, Table
from lamplighter.domain.case import KIND, CaseWord, judged
from lamplighter.domain.consumer import Standing
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.instant import minute
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


def sections(
    look: "Transaction", project: Project, version: Version, evidence: Mapping[str, Evidence], now: int
) -> Iterator[Section]:
    """Example cases, acceptance, owners, consumers."""
    yield _cases(look, project, version, evidence)
    words = tuple(
        (one.environment, one.side.word, one.person, "accepted" if one.accepted else "refused", one.why, minute(one.at))
        for one in look.signatures.all(newest="at", version=version.digest, model=version.model)
    )
    yield Section(
        name="acceptance",
        title="Who accepted it",
        sentences=() if words else ("Nobody was asked, or nobody has answered.",),
        tables=(Table(heads=("Where", "Side", "Person", "Word", "Reason", "When"), rows=words),) if words else (),
    )
    yield _owners(look, project, now)
    yield _consumers(look, project)


def _cases(look: "Transaction", project: Project, version: Version, evidence: Mapping[str, Evidence]) -> Section:
    words = [one for one in look.case_words.all(version=version.digest) if one.model == version.model]
    found = judged(evidence.get(KIND), project.uat.digest, words) or ()
    rows = tuple((one.tried.words or one.tried.name, one.tried.expected, one.tried.decision, _word(one.word)) for one in found)
    table = Table(heads=("Case", "Expected", "It decides", "Judged"), rows=rows)
    none = "No example case was put to it, or its project has others by now."
    return Section(
        name="cases",
        title="Example cases",
        sentences=() if rows else (none,),
        tables=(table,) if rows else (),
    )


def _word(word: CaseWord | None) -> str:
    if word is None:
        return "by nobody yet"
    return f"{'as expected' if word.as_expected else 'not as expected'}: {word.person}. {word.note}".strip()


def _owners(look: "Transaction", project: Project, now: int) -> Section:
    duties = look.duties(project, now).assignments
    rows = tuple((one.duty.value, *(name or "nobody" for name in (one.accountable, one.holder, one.deputy))) for one in duties)
    return Section(
        name="owners",
        title="Who has it",
        facts=(("Business", project.owners.business or "nobody"), ("Risk", project.owners.risk or "nobody")),
        tables=(Table(heads=("Duty", "Accountable", "Acts now", "Stands in"), rows=rows),),
    )


def _consumers(look: "Transaction", project: Project) -> Section:
    callers = [one for one in look.callers(project) if one.standing is not Standing.PERSON]
    rows = tuple((one.name, one.owner or "nobody", one.standing.value) for one in callers)
    return Section(
        name="consumers",
        title="Who calls it",
        sentences=() if rows else ("No application is known.",),
        tables=(Table(heads=("Consumer", "Spoken for by", "Known as"), rows=rows),) if rows else (),
    )
