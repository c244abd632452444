"""What a model is for, who has it, and where it may go."""

from lamplighter.domain.environment import Environment
from lamplighter.domain.plan import Applied, Plan
from lamplighter.domain.project import Project
from lamplighter.domain.who import Who
from lamplighter.lifecycle import design, ownership, planning, routing
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import design as verbs


class Design(Caller, verbs.Design):
    """What a model is for, who has it, and where it may go."""

    def environments(self) -> list[Environment]:
        with self._kit.store.reading() as look:
            return look.environments.all()

    def save_environment(self, name: str, environment: Environment) -> Environment:
        saved = design.save_environment(self._kit, self._actor, name, environment)
        routing.apply(self._kit, name)
        return saved

    def save_project(self, model: str, project: Project) -> Project:
        return design.save_project(self._kit, self._actor, model, project)

    def plan(self, projects: list[Project]) -> Plan:
        return planning.plan(self._kit, projects)

    def apply_plan(self, plan: Plan) -> Applied:
        return planning.apply(self._kit, self._actor, plan)

    def project(self, model: str) -> Project:
        with self._kit.store.reading() as look:
            return look.project(model)

    def who(self, model: str) -> Who:
        return ownership.who(self._kit, model)
