"""Where the answer that is declared for an outage has nobody to give it."""

from lamplighter.cli.session import Session
from lamplighter.domain.outage import Fallback
from lamplighter.domain.project import Project


def warnings(session: Session, project: Project) -> list[str]:
    """One sentence for what is missing, and what to do; nothing where nothing is."""
    if project.outage.answer is not Fallback.VERSION or project.outage.version:
        return []
    live = session.platform.status(project.name).live
    alone = [one.environment for one in live if not one.previous and not one.elsewhere]
    if live and not alone:
        return []
    where = f"in {' and '.join(alone)}" if alone else "anywhere"
    said = (
        f"[outage] answers with the version before, and none was live {where} yet: until a second one is, callers are told of"
        f' the failure. Write answer = "constant" or "last-known-good" until then; lamp drill outage {project.name} shows which'
        " answer they get."
    )
    return [said]
