"""Whether what is asked of a model can be measured on what it answers."""

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.project import Project
from lamplighter.measures import quality_measures, watched


def check(project: Project, meaning: Meaning) -> None:
    """Raise `Invalid` for a requirement, or a success, whose metric says nothing of such answers: its gate would wait for
    ever."""
    if project.problem.success:
        check_metric("problem.success", project.problem.success.metric, meaning)
    for requirement in project.requirement:
        check_metric("requirement", requirement.metric, meaning)


def check_metric(field: str, metric: str, meaning: Meaning) -> None:
    """Raise `Invalid`, naming the field, for a metric that says nothing of such answers."""
    if watched(metric, meaning) == metric:
        return
    raise Invalid(
        f"{metric} says nothing of the answers of this model.",
        why=f"{field}: the model answers with a {meaning.value}, and {metric} is of classes, so it could never be measured.",
        fix=f"Name one of {', '.join(quality_measures(meaning))}.",
        code="E1175",
    )
