"""One project on the main branch: bring it into an environment, or go on where a run before has ended."""

from pathlib import Path

from lamplighter.cli.pipeline_process import problem, run
from lamplighter.cli.reports import Report
from lamplighter.cli.session import Session
from lamplighter.domain.rollout import Phase

#: The refusal of `lamp deploy --wait` that only means that people are asked, and that which says until when it is held.
_WAITS = frozenset({"E1481", "E1483"})


def deployed(session: Session, folder: Path, place: str, environment: str, *, wait: bool) -> Report:
    """Deploy it in a process of its own."""
    words = ["deploy", str(folder.resolve()), "--by-commit", "--env", environment, *(["--wait"] if wait else [])]
    done = run(session, *words)
    rollout = done.data.get("rollout") or {}
    decision = done.data.get("decision") or {}
    model = str(decision.get("model") or folder.resolve().name)
    waits = done.error.get("code") in _WAITS or (not done.code and rollout.get("phase") == Phase.WAITING)
    subject = f"v{decision['number']} in {environment}" if decision else environment
    notes = [f"{rollout['id']}: {session.address('/rollouts/')}{rollout['id']}"] if rollout.get("id") else []
    if waits:
        return Report(model, place, f"{subject}: {_why(done.error)}", done.code, True, (), notes, (), done.seconds)
    if done.code:
        found = problem(done, folder, place)
        return Report(model, place, f"{subject}: {found.what}", done.code, False, (found,), notes, (), done.seconds)
    return Report(model, place, f"{subject}: {_phase(rollout.get('phase', ''))}", 0, False, (), notes, (), done.seconds)


def _why(error: object) -> str:
    why = error.get("why", "") if isinstance(error, dict) else ""
    return f"it waits, and goes on by itself. {why}".strip()


def _phase(phase: str) -> str:
    return "it has all traffic." if phase == Phase.COMPLETED else f"it is {phase}, and goes on by itself."
