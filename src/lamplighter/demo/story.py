"""The story: design, industrialization, deployment, monitoring, management, each act through the platform's own doors."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.data import flights
from lamplighter.demo.people import CAST, DASHBOARD, People
from lamplighter.demo.replay import Replay, days, moment
from lamplighter.domain.acceptance import Side
from lamplighter.domain.challenge import Challenge
from lamplighter.domain.errors import Blocked, NotAllowed, TimedOut
from lamplighter.domain.project import Project
from lamplighter.domain.retraining import State
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import RolledBack
from lamplighter.sdk.build import Build, load_build, module_of, read_folder
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Endpoint, live_in
from lamplighter.sdk.release import release

MODEL = "late-flights"
_PATIENCE = 90.0


class Approved(msgspec.Struct, frozen=True):
    """Who turned the keys of a version."""

    version: int
    environment: str
    business: str
    it: str
    refused: str


class Story:
    """The acts, in order. Each tells what it does through `tell` and keeps what it measured."""

    def __init__(self, people: People, folder: Path, tell: Callable[[str], None]) -> None:
        self.people, self.folder, self.tell = people, folder, tell
        self.project: Project = read_folder(folder)
        self.approvals: list[Approved] = []
        self.replay: Replay | None = None
        #: The dashboard's token for each environment.
        self.tokens: dict[str, str] = {}
        #: What each replay of the dashboard's requests showed.
        self.replays: list[str] = []
        #: Wall times (microseconds) at which something worth asking about happened.
        self.moments: dict[str, int] = {}

    @property
    def stream(self) -> Replay:
        """The live traffic; there is none before the model is in production."""
        assert self.replay is not None
        return self.replay

    # Design and industrialization

    def design(self) -> Any:
        """Say what the model is for, and ask who should deploy it."""
        dana = self.people["dana"]
        dana.save_project(MODEL, self.project)
        who = dana.who(MODEL)
        self.tell(f"design: {who.criticality.tier}, {who.advice.arrangement} by rule {who.advice.rule}")
        return who

    def train(self, month: int) -> Version:
        """Train on what has arrived by a month and register the version."""
        self.arrive(month)
        version = release(self.people["dana"], self.project, load_build(self.folder, self.project))
        self.tell(f"industrialization: {version.name} registered, runtime {version.manifest.runtime}, {version.note}")
        return version

    def arrive(self, month: int) -> None:
        """The warehouse holds the arrivals of the months up to this one."""
        (self.folder / "arrived.json").write_text(f'{{"month": {month}}}')

    # Deployment

    def to_development(self, version: Version) -> float:
        """Deploy to dev and ask for the first prediction; gives the clock when it came."""
        self.tokens = {environment: self.people.dashboard_token(MODEL, environment) for environment in ("dev", "prod")}
        self.live(self.people["dana"], version, "dev")
        address = live_in(self.people["dana"], MODEL, "dev").address
        endpoint = Endpoint(address, MODEL, self.tokens["dev"])
        columns = {name: [value] for name, value in _FIRST_FLIGHT.items()}
        answer = endpoint.predict(columns)
        endpoint.close()
        self.tell(f"deployment: first prediction by {answer.version}: {answer.scores[0]:.0%} late")
        return time.monotonic()

    def live(self, actor: Platform, version: Version, environment: str) -> Rollout:
        """Deploy and wait for the end; for an environment that needs nobody's word."""
        rollout = self.ask(actor, version, environment)
        return self.wait(rollout, _PATIENCE)

    def ask(self, actor: Platform, version: Version, environment: str) -> Rollout:
        """Ask for a version to go live; raises `Blocked` with the gate that refuses."""
        asked = actor.deploy(version.name, environment)
        if asked.rollout is None:
            refused = asked.decision.in_the_way[0]
            raise Blocked(f"{version.name} is refused.", why=f"{refused.gate}: {refused.verdict.why}", fix="See the decision.")
        return asked.rollout

    def wait(self, rollout: Rollout, seconds: float) -> Rollout:
        """Wait until a rollout has ended; raises `TimedOut`."""
        end = time.monotonic() + seconds
        while not (now := self.people["dana"].rollout(rollout.id)).phase.final:
            if time.monotonic() > end:
                raise TimedOut(f"{rollout.id} does not end.", why=f"It is {now.phase}: {now.why}", fix="Look at the log.")
            time.sleep(0.02)
        return now

    def accept(self, version: Version, environment: str) -> Approved:
        """Business and IT turn their keys; whoever registered the version cannot, and one person cannot turn both."""
        refusal = ""
        try:
            self.people["bea"].sign(version.name, environment, Side.IT, accepted=True)
        except NotAllowed as error:
            refusal = error.what
        reason, condition = self.answer_cases(version, environment)
        self.people["bea"].sign(
            version.name, environment, Side.BUSINESS, True, reason=reason, condition=condition, signed_as=CAST["bea"].name
        )
        self.people["ines"].sign(version.name, environment, Side.IT, accepted=True, reason="Way back practised.")
        approved = Approved(version.number, environment, CAST["bea"].email, CAST["ines"].email, refusal)
        self.approvals.append(approved)
        self.tell(f"deployment: {version.name} accepted by business and IT for {environment}")
        return approved

    def answer_cases(self, version: Version, environment: str) -> tuple[str, str]:
        """Somebody of the business says what they expect of each example case before they see what the version says; gives the
        reason of their acceptance, and a condition where fewer agree than was agreed before."""
        bea = self.people["bea"]
        expected = {one.tried.name: one.tried.expected for one in bea.cases(version.name, environment).cases}
        state = bea.begin_blind_test(version.name, environment)
        for case in state.left:
            state = bea.answer_case(version.name, environment, case.name, "yes" if expected[case.name] == "1" else "no")
        said = f"{state.agreed} of {len(expected)} cases as she said before she saw it"
        self.tell(f"deployment: {version.name} decides {said.replace('she', 'the business')}")
        return f"It decides {said}.", "" if state.met else "The desks are told which cases it does not know."

    def to_production(self, actor: Platform, version: Version, *, until: str) -> Rollout:
        """dev, staging and prod in order, with two keys and a canary under the live traffic of the stream."""
        for environment in ("dev", "staging"):
            if not any(one.environment == environment and one.number == version.number for one in self._live()):
                self.live(actor, version, environment)
        rollout = self.ask(actor, version, "prod")
        if self.replay is not None:
            self.mind_the_dashboard(version)
        self.accept(version, "prod")
        if self.replay is None:
            return self.wait(rollout, _PATIENCE)
        self.stream.play(until, single=True, while_=_still(lambda: self._open(rollout)))
        return self.wait(rollout, _PATIENCE)

    def mind_the_dashboard(self, version: Version) -> None:
        """See what the version does with the dashboard's last requests; where that is more than agreed, its owner is asked."""
        gail, end = self.people["gail"], time.monotonic() + _PATIENCE
        while not (seen := [one for one in gail.version(version.name, "prod").consumers if one.figures]):
            if time.monotonic() > end:
                raise TimedOut("The replay does not end.", why="No figures came.", fix="Look at the log.")
            time.sleep(0.05)
        for one in seen:
            assert one.figures is not None
            turned, rows = one.figures.flips_up + one.figures.flips_down, one.figures.rows
            told = f"{turned} of {rows} decisions turn, {one.figures.failed} of {one.figures.requests} requests fail"
            self.replays.append(told)
            self.tell(f"deployment: {version.name} on the last requests of {one.name}: {told}")
        judged = {judgement.gate: judgement.verdict for judgement in gail.check(version.name, "prod").judgements}
        if not judged["consumers"]:
            gail.consent(version.name, DASHBOARD, accepted=True, environment="prod", reason="The gate desks have been told.")
            self.tell(f"deployment: {CAST['gail'].email} consents for {DASHBOARD}: {judged['consumers'].why}")

    def take_on(self, version: Version) -> None:
        """Somebody of risk takes on for a week what the gate robustness has found."""
        rita = self.people["rita"]
        for environment in ("staging", "prod"):
            found = next(one.verdict for one in rita.check(version.name, environment).judgements if one.gate == "robustness")
            if not found:
                why = "The desks cannot wait, and the canary goes back by itself."
                waiver = rita.waive(version.name, environment, "robustness", 7, why)
                self.tell(f"deployment: {waiver.id}, {CAST['rita'].email} takes on for {environment}: {found.why}")

    def _live(self) -> Any:
        return self.people["dana"].status(MODEL).live

    def _open(self, rollout: Rollout) -> bool:
        return not self.people["dana"].rollout(rollout.id).phase.final

    def hotfix(self) -> Build:
        """A rule by hand that breaks on late arrivals: its sample is an extract that ends at ten in the evening."""
        rows, late = flights.through(3)
        module = module_of(self.folder / "hotfix.py")
        early = [module.arrival_hour(*flight) < 22 for flight in zip(rows["hour"], rows["distance"], strict=True)]
        return Build(
            model=module.predict,
            sample=rows[early].iloc[::20],
            labels=late[early].iloc[::20],
            nullable=("temp", "precip", "visib", "wind_speed", "pressure"),
            note="A rule by hand, in a hurry.",
        )

    # Monitoring

    def begin_traffic(self, day: str) -> None:
        """The dashboard of the gate desks begins to call."""
        address = live_in(self.people["dana"], MODEL, "prod").address
        self.replay = Replay(address, MODEL, self.tokens["prod"], self.people["arrivals"])
        self.stream.skip_to(day)

    def watch(self, until: str) -> Any:
        """Play until an incident about quality opens, or the day comes; gives the incident or nothing."""
        found: list[Any] = []

        def quiet() -> bool:
            incidents = self.people["dana"].incidents(MODEL, True)
            found[:] = [i for i in incidents if (i.finding.kind, i.finding.severity) == ("functional", "page")]
            return not found

        # Day by day: the platform shares this machine with its callers, and has to see a day before the next one is over.
        for day in days(self.stream.now, until):
            self.stream.play(day, while_=_still(quiet, every=0.25))
            self.caught_up()
            if found:
                break
        return found[0] if found else None

    # Management

    def retrained(self, until: str) -> Version:
        """Wait for the training that the incident set off, with traffic going on; raises `TimedOut` if it fails."""
        dana = self.people["dana"]
        self.stream.play(until, single=True, rate=150, while_=_still(self._training))
        training = dana.trainings(MODEL)[0]
        if training.state is not State.FINISHED:
            raise TimedOut("The training did not end.", why=f"It is {training.state}: {training.why}", fix="See its log.")
        version = dana.version(f"{MODEL}@{training.number}").version
        self.tell(f"management: {training.id} set off by {training.cause} registered {version.name}")
        return version

    def _training(self) -> bool:
        trainings = self.people["dana"].trainings(MODEL)
        return not trainings or trainings[0].state in (State.REQUESTED, State.RUNNING)

    def trial(self, version: Version, environment: str) -> Challenge:
        """The open trial of a version; one is opened if the platform has not done it by itself."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            known = [c for c in self.people["dana"].challenges(MODEL) if c.challenger == version.number]
            if known:
                return known[0]
            time.sleep(0.05)
        return self.people["dana"].challenge(version.name, environment)

    def decide(self, challenge: Challenge, start: int, until: str) -> Challenge:
        """Decide a trial on the rows of a window, once every label is in."""
        self.stream.settle()
        self.caught_up()
        decided = self.people["dana"].decide(challenge.id, start, moment(until) * 1_000_000)
        self.tell(
            f"management: v{decided.challenger} against v{decided.champion}: {decided.metric} differs by "
            f"{decided.difference:+.4f} ({decided.low:+.4f} to {decided.high:+.4f}), {decided.verdict}; "
            f"{self.people['dana'].selection(decided.id).selection.why}"
        )
        return decided

    def caught_up(self) -> None:
        """Wait until the platform has collected every row that was answered; raises `TimedOut`."""
        end = time.monotonic() + 60
        while self.people["dana"].status(MODEL).rows < len(self.stream.sent):
            if time.monotonic() > end:
                raise TimedOut("The platform does not catch up.", why="Rows are missing after a minute.", fix="See the log.")
            time.sleep(0.1)

    def measured(self) -> int:
        """Rows with a label that the platform has measured: all of them, or those of the last look within a minute."""
        end = time.monotonic() + 60
        while True:
            found = self.people["dana"].status(MODEL).labelled
            if found >= self.stream.labelled or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def back(self, reason: str, to: int = 0) -> RolledBack:
        """IT operations roll back by hand."""
        done = self.people["ines"].roll_back(MODEL, "prod", to, reason)
        self.tell(f"deployment: rolled back by hand from v{done.before} to v{done.now} in {done.seconds:.2f} s")
        return done


def ended_well(rollout: Rollout) -> None:
    """Raise `Blocked` unless the rollout brought its version live."""
    if rollout.phase is not Phase.COMPLETED:
        raise Blocked(f"{rollout.id} was taken back.", why=rollout.why, fix="See lamp rollout show.")


def project_folder(home: Path) -> Path:
    """A copy of the demonstration's project that its people may change."""
    folder = home / "late-flights"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (Path(__file__).parent / "project").iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    return folder


def _still(holds: Callable[[], bool], every: float = 0.1) -> Callable[[], bool]:
    """A condition that is asked at most so often, seconds; between two looks the last answer counts."""
    last = [0.0, True]

    def asked() -> bool:
        if time.monotonic() - last[0] >= every:
            last[:] = [time.monotonic(), holds()]
        return bool(last[1])

    return asked


_FIRST_FLIGHT = {
    "carrier": "UA", "origin": "EWR", "dest": "IAH", "hour": 18, "distance": 1400,
    "temp": 52.0, "precip": 0.05, "visib": 6.0, "wind_speed": 12.0, "pressure": None,
}  # fmt: skip
