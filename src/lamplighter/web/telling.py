"""What has happened, as sentences: one for each type of event."""

from collections.abc import Mapping

from lamplighter.domain import events
from lamplighter.domain.events import Event

#: A sentence for each type; `e` is the event.
SENTENCES: Mapping[type[Event], str] = {
    events.PersonAdded: "{e.email} can sign in or has other roles.",
    events.TeamSaved: "Team {e.team} has other members.",
    events.TokenIssued: "A token {e.label} was given to {e.email}.",
    events.SignedIn: "{e.email} signed in.",
    events.EnvironmentSaved: "Environment {e.environment} ({e.level}) was saved.",
    events.ProjectSaved: "The project says something new; tier {e.tier}.",
    events.VersionRegistered: "v{e.number} was registered.",
    events.EvidenceAdded: "Evidence came in: {e.kind}.",
    events.DecisionMade: "Gates judged v{e.number} for {e.environment}.",
    events.VersionAccepted: "{e.person} accepted v{e.number} for {e.environment}, for {e.side}.",
    events.VersionRefused: "{e.person} refused v{e.number} for {e.environment}, for {e.side}. {e.reason}",
    events.ConsumerSaved: "{e.consumer} has an account; {e.owner} speaks for it.",
    events.ConsentGiven: "{e.person} spoke on v{e.number} in {e.environment}, for the consumer {e.consumer}. {e.reason}",
    events.ReplayMoved: "{e.replay}, v{e.number} on requests to v{e.live} in {e.environment}: {e.state}. {e.why}",
    events.RolloutMoved: "{e.rollout} of v{e.number} in {e.environment}: {e.phase}. {e.why}",
    events.RolloutHeld: "{e.rollout} of v{e.number} in {e.environment} is held by the {e.rule}. {e.why}",
    events.RolloutReleased: "{e.rollout} of v{e.number} in {e.environment} is held no longer.",
    events.HookAnswered: "The hook {e.hook} {e.moment} v{e.number} in {e.environment}, try {e.attempt}. {e.why}",
    events.EmergencyDeclared: "{e.emergency}: an emergency for v{e.number} in {e.environment}. {e.why}",
    events.EmergencyAnnounced: "{e.person} is told of {e.emergency} for v{e.number} in {e.environment}.",
    events.EmergencyReviewed: "{e.person} reviewed {e.emergency} for v{e.number} in {e.environment}. {e.note}",
    events.WentLive: "v{e.number} took all traffic in {e.environment}.",
    events.Withdrawn: "v{e.number} lost its traffic in {e.environment}. {e.why}",
    events.RolledBack: "{e.environment} went back from v{e.previous} to v{e.number}. {e.why}",
    events.ShadowSet: "Shadow in {e.environment}: v{e.number}.",
    events.VersionExtended: "v{e.number} may answer for longer in {e.environment}. {e.why}",
    events.FindingMade: "{e.finding.sentence}",
    events.IncidentOpened: "{e.incident} opened: {e.kind}. {e.holder} has it.",
    events.IncidentMoved: "{e.incident} is {e.state}. {e.note}",
    events.IncidentJoined: "{e.model} in {e.environment} has the trouble of {e.incident} too.",
    events.RollbackWeighed: "{e.incident}: whether v{e.number} is the cause. {e.why}",
    events.Notified: "{e.person} was told of {e.incident} through {e.channel}. {e.why}",
    events.DigestPosted: "{e.person} is sent how their models did, in {e.week}.",
    events.Recounted: "Monitoring counted {e.rows} rows of {e.days} days in {e.environment} anew.",
    events.RowsRead: "Rows of predictions in {e.environment} were read: {e.rows} of {e.found}.",
    events.RetrainingRequested: "{e.retraining} was asked for: {e.cause}.",
    events.JobRunMoved: "{e.run} of the job {e.job} is {e.state}. {e.why}",
    events.RetrainingMoved: "{e.retraining} is {e.state}. {e.why}",
    events.ChallengeOpened: "{e.challenge}: v{e.challenger} scores along with v{e.champion} in {e.environment}.",
    events.ChallengeDecided: "{e.challenge}, v{e.challenger} against v{e.champion}: {e.verdict}.",
}


def sentence(event: Event) -> str:
    """What has happened."""
    if isinstance(event, events.FindingMade) and event.finding is None:
        return "A limit was crossed."
    told = SENTENCES[type(event)].format(e=event).strip()
    if isinstance(event, events.ConsentGiven):
        return f"{told} {'Accepted.' if event.accepted else 'Refused.'}"
    if isinstance(event, events.HookAnswered):
        return told if event.why else f"{told} It said go."
    if isinstance(event, events.ConsumerSaved) and not event.active:
        return f"The account of {event.consumer} was closed."
    if isinstance(event, events.RowsRead):
        behind = f" They are behind {event.incident}." if event.incident else ""
        return told + behind + (f" Chosen by {', '.join(event.columns)}." if event.columns else "")
    if isinstance(event, events.DecisionMade):
        return f"{told} {'All passed.' if event.passed else 'Not all passed.'}"
    return told
