"""What is known of the model as a model card: parameters, figures with their intervals, and what its design considered."""

from collections.abc import Iterator, Mapping

from lamplighter.domain.contract import Column, Contract, Meaning
from lamplighter.domain.evaluation import KIND as EVALUATION
from lamplighter.domain.evaluation import evaluation_in
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.fairness import Criterion
from lamplighter.domain.origin import KIND as TRAINING
from lamplighter.domain.origin import origin_in
from lamplighter.domain.project import Project
from lamplighter.domain.treatment import KIND as FAIRNESS
from lamplighter.domain.treatment import treatment_in
from lamplighter.domain.version import Version
from lamplighter.views.bom.element import Element, element, named
from lamplighter.views.card.figures import figures_of, is_held_out

_TASK: Mapping[Meaning, str] = {Meaning.PROBABILITY: "classification", Meaning.NUMBER: "regression"}
#: Categories that are named.
_FEW = 12


def model_card(project: Project, version: Version, evidence: Mapping[str, Evidence]) -> Element:
    """Everything that the format has a place for."""
    performance, origin = evidence.get("performance"), origin_in(evidence.get(TRAINING))
    contract = version.manifest.contract
    formats = {one.role: one.format for one in version.manifest.artifacts}
    # Only who was given labels is known to have learned from them.
    learned = "supervised" if origin and "labels" in origin.data else ""
    return element(
        modelParameters=element(
            approach=element(type=learned),
            task=_TASK[contract.output.meaning],
            modelArchitecture=next((formats[role] for role in ("source", "model", "plan") if role in formats), ""),
            datasets=list(_datasets(version, evidence)),
            inputs=[{"format": _input(column)} for column in contract.inputs],
            outputs=[{"format": _output(contract)}],
        ),
        quantitativeAnalysis=element(performanceMetrics=[*_figures(performance), *_treatment(evidence.get(FAIRNESS))]),
        considerations=_considerations(project),
        properties=named(
            {"lamplighter:figures": _measured_on(performance)}
            | {"lamplighter:requires": "; ".join(map(str, project.requirement))}
        ),
    )


def _datasets(version: Version, evidence: Mapping[str, Evidence]) -> Iterator[Element]:
    provenance, origin = version.manifest.provenance, origin_in(evidence.get(TRAINING))
    if provenance.data_digest:
        yield _dataset("training data", provenance.data_digest, provenance.data_rows, provenance.data_period)
    for part, rows in (origin.data if origin else {}).items():
        yield _dataset(part, rows.digest, rows.rows)
    found = evaluation_in(evidence.get(EVALUATION))
    if found is not None:
        yield _dataset("evaluation set", found.digest, found.rows)


def _dataset(name: str, digest: str, rows: int, period: str = "") -> Element:
    known = {"lamplighter:sha256": digest, "lamplighter:rows": str(rows) if rows else "", "lamplighter:period": period}
    return {"type": "dataset", "name": name, "contents": {"properties": named(known)}}


def _input(column: Column) -> str:
    empty = ", may be empty" if column.nullable else ""
    seen = ""
    if column.categories:
        more = len(column.categories) - _FEW
        seen = f", one of {', '.join(column.categories[:_FEW])}" + (f" and {more} more" if more > 0 else "")
    elif column.low is not None and column.high is not None:
        seen = f", {column.low:g} to {column.high:g}"
    return f"{column.name}: {column.kind}{empty}{seen}"


def _output(contract: Contract) -> str:
    classes = f" of {', '.join(contract.output.classes)}" if contract.output.classes else ""
    return f"{contract.output.name}: {contract.output.meaning}{classes}"


def _measured_on(performance: Evidence | None) -> str:
    if performance is None:
        return ""
    return "of rows that the model has not seen" if is_held_out(performance) else "of rows of its sample"


def _figures(performance: Evidence | None) -> list[Element]:
    return [_figure(one.metric, one.value, one.slice, one.low, one.high) for one in figures_of(performance)]


def _treatment(evidence: Evidence | None) -> list[Element]:
    found = treatment_in(evidence)
    figures = found.figures if found else ()
    return [_figure(one.metric.value, one.value, f"groups of {one.column}", one.low, one.high) for one in figures]


def _figure(metric: str, value: float, part: str, low: float | None, high: float | None) -> Element:
    bounds = {} if low is None or high is None else {"lowerBound": f"{low!r}", "upperBound": f"{high!r}"}
    return element(type=metric, value=f"{value!r}", slice=part, confidenceInterval=bounds)


def _considerations(project: Project) -> Element:
    impact, problem = project.impact, project.problem
    success = [f"{problem.success.metric} {problem.success.operator} {problem.success.bound:g}"] if problem.success else []
    return element(
        users=[impact.users] if impact.users else [],
        useCases=[problem.statement] if problem.statement else [],
        technicalLimitations=list(project.model.limitations),
        performanceTradeoffs=[f"Asked by the business: {one}" for one in success],
        ethicalConsiderations=list(_ethical(project)),
        fairnessAssessments=[_assessment(one) for one in project.fairness.criterion],
    )


def _ethical(project: Project) -> Iterator[Element]:
    impact = project.impact
    if impact.customers:
        yield {"name": "Customers are served by its answers."}
    if impact.automated:
        yield {"name": "It decides without a person."}
    if impact.reversible is False:
        yield {"name": "A wrong decision cannot be undone."}
    cost = impact.wrong_answer_costs or (impact.loss.value if impact.loss else "")
    if cost:
        yield {"name": f"A wrong answer costs: {cost}"}
    if project.fairness.none.strip():
        yield {"name": f"No group of people is concerned: {project.fairness.none.strip()}"}


def _assessment(one: Criterion) -> Element:
    groups = f": {', '.join(one.groups)}" if one.groups else f", parted at {', '.join(map(repr, one.cuts))}" if one.cuts else ""
    return {"groupAtRisk": f"groups of {one.column}{groups}", "mitigationStrategy": f"No version goes on unless {one}"}
