"""A model judged on this machine, by the gates of the policy that need no platform."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import time_ns

from lamplighter.cli.folders import build_in, project_in
from lamplighter.cli.page import Page
from lamplighter.cli.pages.decision import first_open, gates
from lamplighter.cli.refusal import NotDone
from lamplighter.cli.session import Session
from lamplighter.domain.criticality import Criticality, criticality_of, tier_of
from lamplighter.domain.decision import Judgement
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.late_truth import too_late
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.lifecycle.configuration import rule_book
from lamplighter.lifecycle.design import check_measures
from lamplighter.lifecycle.rulebook import gate_of
from lamplighter.sdk.release import Checked, checked
from lamplighter.settings import read_settings

#: Gates that look at the project, the version and its evidence only, and so can be asked without a platform.
OFFLINE = frozenset(
    {
        "brief",
        "checklist",
        "data_checks",
        "fairness",
        "formats",
        "load_check",
        "parity",
        "performance",
        "robustness",
        "sources",
    }
)


@dataclass(frozen=True)
class Prepared:
    """A version that could be registered, and what its gates say."""

    project: Project
    version: Checked
    criticality: Criticality
    judgements: tuple[Judgement, ...]
    #: Gates that only the platform can ask.
    later: tuple[str, ...]
    #: What is lawful, and will not do what whoever wrote it expects.
    warnings: tuple[str, ...] = ()


def prepared(session: Session, path: str) -> Prepared:
    """Build and pack the model of a folder and ask the gates of production; raises `Invalid`."""
    project = project_in(session, path)
    check_measures(project)
    version = checked(project, build_in(session, path, project))
    policy = rule_book(read_settings())
    criticality = criticality_of(project, policy)
    uses = policy.uses(tier_of(policy, criticality.tier), Level.PRODUCTION)
    dossier = _dossier(project, version, criticality, policy)
    judgements = tuple(
        Judgement(gate=str(use["use"]), verdict=gate_of(use).judge(dossier)) for use in uses if use["use"] in OFFLINE
    )
    later = tuple(str(use["use"]) for use in uses if use["use"] not in OFFLINE)
    late = too_late(project, tier_of(policy, criticality.tier).log)
    return Prepared(project, version, criticality, judgements, later, (late,) if late else ())


def _dossier(project: Project, ready: Checked, criticality: Criticality, policy: Policy) -> Dossier:
    digest, now = ready.manifest.digest, time_ns() // 1000
    version = Version(model=project.name, number=0, digest=digest, manifest=ready.manifest, author="", created_at=now)
    return Dossier(
        project=project,
        criticality=criticality,
        version=version,
        environment=Environment(name="production", level=Level.PRODUCTION, port=0),
        ownership=ownership_of(project, {}, {}, None),
        policy_digest=policy.digest,
        evidence={
            brought.kind: Evidence(version=digest, kind=brought.kind, facts=brought.facts, author="", at=now)
            for brought in ready.evidence
        },
        now=now,
    )


def check_page(ready: Prepared) -> Page:
    """What the gates said; raises `NotDone` with the page if one did not pass."""
    open_ones = [judgement for judgement in ready.judgements if not judgement.verdict]
    counted = f"{len(ready.judgements) - len(open_ones)} of {len(ready.judgements)}"
    page = prepared_page(ready, f"{ready.project.name}: {counted} gates that can be asked here pass.")
    if not open_ones:
        return page
    why, fix = first_open(ready.judgements)
    raise NotDone(page, f"{ready.project.name} would not get into production.", why=why, fix=fix, code="E1480")


def _forms(ready: Prepared) -> Iterator[tuple[str, str]]:
    """Every form that was tried, in turn, and why it serves or does not."""
    found = [brought.facts for brought in ready.version.evidence if brought.kind == "compilation"]
    for tried in found[0]["tried"] if found else ():
        yield f"{tried['form']} form", f"{'serves' if tried['serves'] else 'does not serve'}. {tried['why']}"


def prepared_page(ready: Prepared, says: str, command: str = "lamp deploy") -> Page:
    """What would be registered, what the gates that can be asked here say of it, and the command that does it."""
    manifest = ready.version.manifest
    size = sum(artifact.size for artifact in manifest.artifacts) / 1_000_000
    facts = [
        ("criticality", f"{ready.criticality.tier}: {ready.criticality.why}"),
        ("version", f"sha256:{manifest.digest[:12]}, {manifest.runtime} runtime, {size:.1f} MB, {manifest.badge} format"),
        ("contract", f"inputs: {len(manifest.contract.inputs)}; answers with {manifest.contract.output.name}"),
        *_forms(ready),
    ]
    on_platform = [("on platform", ", ".join(ready.later))] if ready.later else []
    return Page(
        says=says,
        data={
            "model": ready.project.name,
            "criticality": ready.criticality,
            "digest": manifest.digest,
            "judgements": ready.judgements,
            "evidence": ready.version.evidence,
            "judged_by_the_platform": ready.later,
            "warnings": ready.warnings,
        },
        facts=[*facts, *on_platform, *(("warning", warning) for warning in ready.warnings)],
        table=gates(ready.judgements),
        next=[command],
    )
