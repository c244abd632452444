"""How one model is, on one screen."""

from lamplighter.cli.instants import local, milliseconds
from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.pages.emergency import review
from lamplighter.cli.pages.hold import held_rollouts
from lamplighter.cli.pages.readings import felt
from lamplighter.cli.pages.validation import line
from lamplighter.cli.pages.waiver import of_status
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.table import Table
from lamplighter.domain.monitor import JOB, Finding
from lamplighter.domain.stage import Aspect, Duty, Status
from lamplighter.domain.trouble import is_of_version
from lamplighter.views.consumers import Consumed
from lamplighter.views.live import Live
from lamplighter.views.status import ModelStatus, StageState


def status_page(state: ModelStatus, address: str) -> Page:
    """The sentence, the aspects, where it is live, and the five stages with who has them."""
    overall = state.status[Aspect.OVERALL]
    return Page(
        says=f"{marked(overall)}  {state.model} ({state.criticality.tier}): {state.sentence}",
        data={"status": state},
        facts=_facts(state),
        table=Table([_stage(stage) for stage in state.stages], ("STAGE", "STATUS", "WHO", "FACTS")),
        next=_next(state),
        url=address,
        code=FAILING if overall is Status.FAILING else 0,
    )


def _facts(state: ModelStatus) -> list[tuple[str, str]]:
    told = {
        Aspect.SERVICE: _service(state),
        Aspect.QUALITY: f"{state.labelled:,} of {state.rows:,} scored rows have labels" if state.rows else "",
        Aspect.GOVERNANCE: f"no holder for {', '.join(state.ownership.gaps)}" if state.ownership.gaps else "",
    }
    aspects = [aspect for aspect in Aspect if aspect is not Aspect.OVERALL]
    facts = [(aspect.value, f"{marked(state.status[aspect]):<11}{told.get(aspect, '')}".strip()) for aspect in aspects]
    facts += [("live", _live(live)) for live in state.live]
    facts += held_rollouts(state.rollouts)
    facts += [("emergency", f"{review(one)}; v{one.number} in {one.environment}") for one in state.emergencies]
    facts += [("validation", line(one)) for one in state.validation_findings]
    facts += [("waiver", of_status(one)) for one in state.waivers]
    if state.retirement:
        facts.append(("retirement", f"{state.retirement.id} is {state.retirement.state}: {state.retirement.told}"))
    facts += [("handover", given)] if (given := _handover(state)) else []
    facts += [("consumers", _consumers(state.consumers))] if state.consumers else []
    return facts + ([("needs", state.needs)] if state.needs else [])


def _handover(state: ModelStatus) -> str:
    if state.handover:
        return f"{state.handover.id} asks {state.handover.receiver} to take it over"
    if state.due:
        return f"the one to {state.due.receiver} was due {local(state.due.due_at)}"
    given = state.ownership.of(Duty.DEPLOY)
    return f"{given.handover}: {given.accountable} has deployment, alerts and the way back" if given.handover else ""


def _service(state: ModelStatus) -> str:
    seen = state.service
    if seen is None:
        return ""
    times = f"p95 {milliseconds(seen.p95_ms)}" if seen.requests else "nobody asked"
    failed = "".join(f"; job {finding.measure.removeprefix(JOB)}: {finding.run} failed" for finding in state.failed_jobs)
    return f"{felt(seen)}, {times}{failed}"


def _live(live: Live) -> str:
    trial = f", v{live.challenger} on trial with {live.share * 100:g} %" if live.challenger else ""
    shadow = f", v{live.shadow} in the shadow" if live.shadow else ""
    back = f", back to v{live.previous}" if live.previous else ""
    if live.elsewhere:
        return f"v{live.number} in {live.environment}, elsewhere: {live.elsewhere}"
    return f"v{live.number} in {live.environment}{trial}{shadow}{back}"


def _consumers(found: tuple[Consumed, ...]) -> str:
    names = [one.name for one in found if one.standing != "unknown" and not one.silent]
    silent = [one.name for one in found if one.silent]
    unknown = [one.name for one in found if one.standing == "unknown"]
    parts = [", ".join(names), f"silent: {', '.join(silent)}" if silent else "", _listed(unknown)]
    return "; ".join(part for part in parts if part)


def _listed(unknown: list[str]) -> str:
    return f"unknown: {', '.join(unknown)}" if unknown else ""


def _stage(stage: StageState) -> tuple[str, str, str, str]:
    who = stage.holder or stage.accountable or "nobody"
    return stage.stage.value, marked(stage.status), who, "; ".join(stage.facts)


def _way_forward(state: ModelStatus, finding: Finding) -> str:
    """Going back helps where a version is at fault: not the job, the training or the source."""
    back = any(place.previous for place in state.live) and is_of_version(finding)
    return finding.fix or (f"lamp rollback {state.model}" if back else "")


def _next(state: ModelStatus) -> list[str]:
    if state.incidents:
        way = _way_forward(state, state.incidents[0].of(state.model))
        return [f"lamp incident show {state.incidents[0].id}", *([way] if way else [])]
    if state.waiting:
        return [f"lamp approvals show {state.model}"]
    if state.rollouts:
        return [f"lamp rollout show {state.rollouts[0].id}"]
    if state.emergencies:
        return [f"lamp approvals review {state.emergencies[0].id} --note WHAT"]
    if any(one.calls for one in state.waivers):
        return [f"lamp waiver show {one.id}" for one in state.waivers if one.calls][:1]
    if state.handover or state.due:
        due = state.due
        return [f"lamp handover start {due.model} --to {due.receiver}" if due else f"lamp handover list {state.model}"]
    return [f"lamp monitor show {state.model}"] if state.live else [f"lamp deploy {state.model}"]
