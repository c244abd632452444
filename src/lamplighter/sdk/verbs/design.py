"""What a model is for, who has it, and where it may go."""

from typing import Protocol

from lamplighter.domain.environment import Environment
from lamplighter.domain.identity import Permission
from lamplighter.domain.plan import Applied, Plan
from lamplighter.domain.project import Project
from lamplighter.domain.who import Who
from lamplighter.sdk.door import door


class Design(Protocol):
    """What a model is for, who has it, and where it may go."""

    @door("GET", "/environments", Permission.READ)
    def environments(self) -> list[Environment]:
        """Every environment."""
        ...

    @door("PUT", "/environments/{name}", Permission.ADMINISTER)
    def save_environment(self, name: str, environment: Environment) -> Environment:
        """Add or change an environment."""
        ...

    @door("PUT", "/projects/{model}", Permission.DESIGN)
    def save_project(self, model: str, project: Project) -> Project:
        """Say what a model is for, who owns it and what is asked of it."""
        ...

    @door("POST", "/plans", Permission.DESIGN)
    def plan(self, projects: list[Project]) -> Plan:
        """What saving these projects would change, which is refused and which needs a second person; changes nothing."""
        ...

    @door("POST", "/plans/applied", Permission.DESIGN)
    def apply_plan(self, plan: Plan) -> Applied:
        """Save every project of a plan in one step; refused where another project is in force than when it was made."""
        ...

    @door("GET", "/projects/{model}", Permission.READ)
    def project(self, model: str) -> Project:
        """What the project of a model says."""
        ...

    @door("GET", "/projects/{model}/who", Permission.READ)
    def who(self, model: str) -> Who:
        """Who should deploy this model, who has which duty, and why; readiness is measured now."""
        ...
