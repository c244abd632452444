"""What has happened, as sentences: one for each type of event."""

from collections.abc import Mapping

from lamplighter.domain.events import (
    advisory,
    blind_test,
    challenge,
    consumer,
    design,
    emergency,
    handover,
    identity,
    incident,
    invitation,
    lowering,
    node,
    notification,
    policy,
    prediction,
    quarantine,
    retirement,
    rollout,
    routing,
    run,
    spot_check,
    validation,
    version,
    waiver,
)
from lamplighter.domain.events.base import Event

#: A sentence for each type; `e` is the event.
SENTENCES: Mapping[type[Event], str] = {
    identity.PersonAdded: "{e.email} can sign in or has other roles.",
    identity.TeamSaved: "Team {e.team} has other members.",
    identity.TokenIssued: "A token {e.label} was given to {e.email}.",
    identity.TokenRevoked: "The token {e.label} of {e.email} is worthless.",
    identity.DeviceAllowed: "{e.email} allowed lamp on {e.machine} ({e.sender}) to have a token.",
    identity.DeviceRefused: "{e.email} refused lamp on {e.machine} ({e.sender}) a token.",
    identity.SignedIn: "{e.email} signed in.",
    identity.IdentityBound: "{e.email} is bound to an identity of {e.provider}.",
    identity.IdentityUnbound: "{e.email} is bound to no identity of {e.provider} any more.",
    identity.AddressRenamed: "{e.provider} has another address for {e.email}.",
    identity.SignInRefused: "{e.email} was refused, though {e.provider} vouched.",
    design.EnvironmentSaved: "Environment {e.environment} ({e.level}) was saved.",
    design.ProjectSaved: "The project says something new; tier {e.tier}.",
    version.VersionRegistered: "v{e.number} was registered.",
    version.EvidenceAdded: "Evidence came in: {e.kind}.",
    version.DecisionMade: "Gates judged v{e.number} for {e.environment}.",
    version.VersionAccepted: "{e.person} accepted v{e.number} for {e.environment}, for {e.side}.",
    version.VersionRefused: "{e.person} refused v{e.number} for {e.environment}, for {e.side}. {e.reason}",
    version.CaseJudged: "{e.person} judged the case {e.case} of v{e.number} for {e.environment}. {e.note}",
    blind_test.BlindTestBegun: "{e.person} began {e.test} of v{e.number}: {e.agree_at_least} of {e.cases} have to agree.",
    blind_test.CaseAnswered: "{e.person} answered {e.case} of v{e.number} in {e.test} before seeing the answer: {e.said}.",
    consumer.ConsumerSaved: "{e.consumer} has an account; {e.owner} speaks for it.",
    consumer.ConsentGiven: "{e.person} spoke on v{e.number} in {e.environment}, for the consumer {e.consumer}. {e.reason}",
    consumer.ReplayMoved: "{e.replay}, v{e.number} on requests to v{e.live} in {e.environment}: {e.state}. {e.why}",
    rollout.RolloutMoved: "{e.rollout} of v{e.number} in {e.environment}: {e.phase}. {e.why}",
    rollout.RolloutHeld: "{e.rollout} of v{e.number} in {e.environment} is held by the {e.rule}. {e.why}",
    rollout.RolloutReleased: "{e.rollout} of v{e.number} in {e.environment} is held no longer.",
    rollout.HookAnswered: "The hook {e.hook} {e.moment} v{e.number} in {e.environment}, try {e.attempt}. {e.why}",
    emergency.EmergencyDeclared: "{e.emergency}: an emergency for v{e.number} in {e.environment}. {e.why}",
    emergency.EmergencyAnnounced: "{e.person} is told of {e.emergency} for v{e.number} in {e.environment}.",
    emergency.EmergencyReviewed: "{e.person} reviewed {e.emergency} for v{e.number} in {e.environment}. {e.note}",
    waiver.WaiverGiven: "{e.person} waived the gate {e.gate} for v{e.number} in {e.environment} ({e.waiver}). {e.why}",
    waiver.WaiverEnded: "{e.person} ended {e.waiver} of the gate {e.gate}, v{e.number} in {e.environment}. {e.why}",
    waiver.WaiverEndsSoon: "{e.person} is told that {e.waiver} of the gate {e.gate} ends, v{e.number} in {e.environment}.",
    waiver.WaiverLapsed: "{e.waiver} of the gate {e.gate} is over, v{e.number} in {e.environment}.",
    waiver.WaiverAnnounced: "{e.person} is told that {e.waiver} is over, v{e.number} in {e.environment}.",
    waiver.WaiverSettled: "Nothing rests on {e.waiver} any more, v{e.number} in {e.environment}. {e.why}",
    invitation.InvitationSent: "{e.person} is invited to accept v{e.number} for {e.environment} ({e.invitation}).",
    invitation.InvitationOpened: "{e.person} opened {e.invitation} of v{e.number} for {e.environment} by {e.by}.",
    invitation.InvitationCodeSent: "A code for {e.invitation} of v{e.number} was sent to {e.person}.",
    invitation.InvitationRevoked: "{e.invitation} of v{e.number} for {e.environment} opens nothing any more.",
    advisory.AdvisoriesLoaded: "{e.advisories} advisories about {e.packages} packages are loaded.",
    lowering.LoweringAsked: "{e.lowering}: the tier would fall from {e.before} to {e.after}.",
    lowering.LoweringDecided: "{e.person} {e.word} the lower tier ({e.lowering}). {e.reason}",
    node.NodeJoined: "The machine {e.node} serves {e.environment}.",
    node.NodeLeft: "The machine {e.node} serves {e.environment} no more.",
    node.NodeTokensRevoked: "{e.count} tokens of machines of {e.environment} are worthless.",
    retirement.RetirementAnnounced: "{e.retirement}: the model is to be retired. {e.reason}",
    retirement.RetirementTold: "{e.person} is told of {e.retirement}: {e.about}.",
    retirement.RetirementAnswered: "{e.person} {e.word} ({e.retirement}). {e.reason}",
    retirement.RetirementFinished: "The model is retired ({e.retirement}): nobody is answered any more. {e.reason}",
    retirement.RetirementCancelled: "{e.retirement} is taken back, and the model goes on. {e.reason}",
    retirement.RetirementRevived: "{e.retirement} is taken back: the model may be deployed again. {e.reason}",
    policy.PolicyChanged: "The rule book {e.name} {e.version} is in force. {e.why}",
    spot_check.SpotCheckKeyMade: "The key that draws spot checks was made.",
    spot_check.VersionAutoApproved: "The platform accepted v{e.number} for {e.environment} by itself.",
    spot_check.SpotCheckDrawn: "{e.person} is asked for the spot check {e.check} of v{e.number} in {e.environment}.",
    spot_check.SpotCheckJudged: "{e.person} said in {e.check} of v{e.number}: {e.note}",
    spot_check.SpotCheckOverdue: "{e.person} is told that {e.check} of v{e.number} is overdue.",
    spot_check.SuspensionLifted: "{e.person} lets the platform accept versions again after {e.check}. {e.note}",
    validation.ValidationFindingRaised: "{e.person} found of v{e.number} ({e.finding}, {e.weight}): {e.words}",
    validation.ValidationFindingAnswered: "{e.person} answered {e.finding} with {e.kind} of v{e.number}. {e.note}",
    validation.ValidationFindingJudged: "{e.person} said of {e.finding}: {e.note}",
    validation.ValidationFindingOverdue: "{e.person} is told that {e.finding} is overdue.",
    validation.VersionValidated: "{e.person} validated v{e.number}. {e.note}",
    handover.HandoverStarted: "{e.handover}: {e.giver} asks {e.receiver} to take it over.",
    handover.HandoverDiscussed: "{e.person} said in {e.handover}: {e.text}",
    handover.TestPageSent: "{e.person} sent a test page of {e.handover} to {e.to}.",
    handover.HandoverShown: "{e.person} held the drill {e.drill} of {e.handover}. {e.why}",
    handover.HandoverAccepted: "{e.person} accepted {e.handover}: duties and rights went from {e.giver} to {e.receiver}.",
    handover.HandoverEnded: "{e.handover} is {e.state}, by {e.person}; {e.owner} has the duties. {e.reason}",
    routing.WentLive: "v{e.number} took all traffic in {e.environment}.",
    routing.Withdrawn: "v{e.number} lost its traffic in {e.environment}. {e.why}",
    routing.RolledBack: "{e.environment} went back from v{e.previous} to v{e.number}. {e.why}",
    routing.ShadowSet: "Shadow in {e.environment}: v{e.number}.",
    routing.SwitchedOff: "The model is switched off in {e.environment}, where v{e.number} was live. {e.reason}",
    routing.SwitchedOn: "The model is switched on in {e.environment}: v{e.number} answers again. {e.reason}",
    version.ArtifactsRemoved: "Artifacts that no version named are removed.",
    version.VersionExtended: "v{e.number} may answer for longer in {e.environment}. {e.why}",
    incident.FindingMade: "{e.finding.sentence}",
    incident.IncidentOpened: "{e.incident} opened: {e.kind}. {e.holder} has it.",
    incident.IncidentMoved: "{e.incident} is {e.state}. {e.note}",
    incident.IncidentJoined: "{e.model} in {e.environment} has the trouble of {e.incident} too.",
    incident.RollbackWeighed: "{e.incident}: whether v{e.number} is the cause. {e.why}",
    notification.Notified: "{e.person} was told of {e.incident} through {e.channel}. {e.why}",
    notification.DigestPosted: "{e.person} is sent how their models did, in {e.week}.",
    prediction.Recounted: "Monitoring counted {e.rows} rows of {e.days} days in {e.environment} anew.",
    prediction.RowsRead: "Rows of predictions in {e.environment} were read: {e.rows} of {e.found}.",
    run.RetrainingRequested: "{e.retraining} was asked for: {e.cause}.",
    quarantine.QuarantineAdded: "No training is given the rows of {e.quarantine}. {e.why}",
    quarantine.QuarantineEnded: "The span of {e.quarantine} is over.",
    quarantine.QuarantineLifted: "{e.quarantine} is lifted. {e.why}",
    run.RetrainingRefused: "{e.retraining} is refused: {e.cause}. {e.why}",
    run.JobRunMoved: "{e.run} of the job {e.job} is {e.state}. {e.why}",
    run.RetrainingMoved: "{e.retraining} is {e.state}. {e.why}",
    challenge.ChallengeOpened: "{e.challenge}: v{e.challenger} scores along with v{e.champion} in {e.environment}.",
    challenge.ChallengeDecided: "{e.challenge}, v{e.challenger} against v{e.champion}: {e.end}.",
}


#: How a sentence ends by a yes or a no that the event tells.
_ENDS: Mapping[type[Event], tuple[str, str, str]] = {
    consumer.ConsentGiven: ("accepted", "Accepted.", "Refused."),
    version.CaseJudged: ("as_expected", "As expected.", "Not as expected."),
    version.DecisionMade: ("passed", "All passed.", "Not all passed."),
    validation.ValidationFindingJudged: ("closed", "It is closed.", "It is given back."),
    spot_check.VersionAutoApproved: ("drawn", "It was drawn for a spot check.", "It was not drawn."),
    spot_check.SpotCheckJudged: ("bad", "It is bad.", "It is good."),
}


def sentence(event: Event) -> str:
    """What has happened."""
    if isinstance(event, incident.FindingMade) and event.finding is None:
        return "A limit was crossed."
    told = SENTENCES[type(event)].format(e=event).strip()
    if type(event) in _ENDS:
        field, yes, no = _ENDS[type(event)]
        return f"{told} {yes if getattr(event, field) else no}"
    if isinstance(event, version.VersionAccepted):
        return f"{told} If: {event.condition}" if event.condition else told
    if isinstance(event, version.ArtifactsRemoved):
        return f"{told} They were {len(event.digests):,}."
    if isinstance(event, rollout.HookAnswered):
        return told if event.why else f"{told} It said go."
    if isinstance(event, consumer.ConsumerSaved) and not event.active:
        return f"The account of {event.consumer} was closed."
    if isinstance(event, prediction.RowsRead):
        behind = f" They are behind {event.incident}." if event.incident else ""
        return told + behind + (f" Chosen by {', '.join(event.columns)}." if event.columns else "")
    return told
