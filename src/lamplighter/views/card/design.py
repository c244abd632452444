"""What the model is for, what is asked of it, and what it is not for."""

from collections.abc import Iterator

from lamplighter.domain.advice import presumed
from lamplighter.domain.card import Section, Table
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project

_ANSWERS = {True: "yes", False: "no", None: "not answered"}


def sections(project: Project, policy: Policy) -> Iterator[Section]:
    """Problem, requirements, limitations."""
    yield Section(name="problem", title="What it is for", facts=_problem(project, policy))
    asked = [(str(one), "where it is asked to go live") for one in project.requirement]
    asked += [(str(one), f"of all but {one.most:.1%} of rows" if one.most else "of every row") for one in project.expectation]
    asked += [(str(one), "of its treatment of groups") for one in project.fairness.criterion]
    success = project.problem.success
    if success is not None:
        asked.insert(0, (f"{success.metric} {success.operator} {success.bound:g}", "by which the business judges it"))
    yield Section(
        name="requirements",
        title="What is asked of it",
        sentences=() if asked else ("No figure is asked of it.",),
        tables=(Table(heads=("Requirement", "Asked"), rows=tuple(asked)),) if asked else (),
    )
    limits = project.model.limitations or ("None are written down in its project.",)
    yield Section(name="limitations", title="What it is not for, and where it is weak", sentences=limits)


def _problem(project: Project, policy: Policy) -> tuple[tuple[str, str], ...]:
    impact, criticality = project.impact, criticality_of(project, policy)
    arrangement = presumed(project, critical=tier_of(policy, criticality.tier).critical)
    return (
        ("Problem", project.problem.statement or "not written down"),
        ("Asked for by", project.problem.requester or "nobody is named"),
        ("Used by", impact.users or "not written down"),
        ("Serves customers", _ANSWERS[impact.customers]),
        ("Decides without a person", _ANSWERS[impact.automated]),
        ("Can be undone", _ANSWERS[impact.reversible]),
        ("A wrong answer costs", impact.wrong_answer_costs or (impact.loss.value if impact.loss else "not answered")),
        ("New versions", impact.updates.value if impact.updates else "not answered"),
        ("Criticality", f"{criticality.tier}. {criticality.why}"),
        ("Who deploys", f"{arrangement.arrangement}. {arrangement.why}"),
    )
