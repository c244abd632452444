"""Two hundred faults of known kinds in fifty models: does each of them reach the person whose duty it is?

The models have owners of every sort: people and teams, with and without somebody for model questions, some of them gone. Who
ought to be told of a fault is written down here from the declarations alone; who was told is what a receiver on a socket got.
Only the findings are made up: reactions, incidents, the outbox and the channel are the real ones.
"""

import http.server
import random
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec
from one_incident import settle

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from
from lamplighter.lifecycle import findings, people
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
from lines import line

FAULTS, MODELS = 200, 50
WANTED = 0.98
PEOPLE = [f"person-{number}@example.com" for number in range(12)]
#: Those who left; nobody may be told of anything in their name.
GONE = frozenset(PEOPLE[place] for place in (2, 5, 9))
TEAMS = {"@it-ops": (PEOPLE[2], PEOPLE[0], PEOPLE[1]), "@data-science": (PEOPLE[3], PEOPLE[4]), "@night": (PEOPLE[5],)}
DEPUTY, BUSINESS = PEOPLE[10], PEOPLE[11]


class Fault(NamedTuple):
    """A kind of fault, and whose it is by the declarations."""

    kind: Kind
    measure: str
    severity: Severity
    #: Fields of the model's declaration, the first that names somebody counts.
    whose: tuple[str, ...]
    #: Who is told where that party has left, before whoever stands in.
    instead: str = ""


FAULT_KINDS = (
    Fault(Kind.TECHNICAL, "failures", Severity.PAGE, ("watcher",)),
    Fault(Kind.TECHNICAL, "latency", Severity.PAGE, ("watcher",)),
    Fault(Kind.TECHNICAL, "quarantine", Severity.PAGE, ("watcher",)),
    Fault(Kind.TECHNICAL, "job-nightly", Severity.PAGE, ("watcher",)),
    Fault(Kind.FUNCTIONAL, "brier", Severity.PAGE, ("responder", "watcher")),
    Fault(Kind.FUNCTIONAL, "drift", Severity.NOTICE, ("responder", "watcher")),
    Fault(Kind.FEED, "feed", Severity.PAGE, ("feeder",), "watcher"),
    Fault(Kind.LIFETIME, "expiry", Severity.PAGE, ("manager",)),
)


class Declared(NamedTuple):
    """Who is named in the file of one model."""

    watcher: str
    responder: str
    manager: str
    feeder: str

    def expected(self, fault: Fault) -> str:
        """The person who ought to be told: the first who is here of whoever is named, and who stands in."""
        named: str = next(name for field in fault.whose if (name := getattr(self, field)))
        parties: tuple[str, ...] = (named, getattr(self, fault.instead, ""), DEPUTY, BUSINESS)
        here = (one for party in parties for one in TEAMS.get(party, (party,)))
        return next(one for one in here if one and one not in GONE)


def project(name: str, declared: Declared) -> Project:
    """The file of a model with these people."""
    monitoring = {"first": declared.watcher, **({"model_alerts": declared.responder} if declared.responder else {})}
    return project_from(
        {
            "model": {"name": name},
            "owners": {"monitoring": monitoring, "management": declared.manager, "deputy": DEPUTY, "business": BUSINESS},
            "source": [{"name": f"source-{name}", "owner": declared.feeder}],
        }
    )


def told(kit: Kit, receiver: type[http.server.BaseHTTPRequestHandler], name: str, number: int, fault: Fault) -> str:
    """Report a fault and see who is told, of it or of what it stands beside; empty if nobody is."""
    receiver.people.clear()  # type: ignore[attr-defined]
    finding = Finding(
        model=name,
        environment="prod",
        number=number,
        kind=fault.kind,
        measure=fault.measure,
        value=1.0,
        limit=0.5,
        sentence="Something is wrong.",
        start=0,
        end=number,
        after_rows=0,
        severity=fault.severity,
        source=f"source-{name}" if fault.kind is Kind.FEED else "",
    )
    with kit.store.transaction() as change:
        findings.report(kit, change, finding)
    settle(kit)
    people: list[str] = receiver.people  # type: ignore[attr-defined]
    return people[0] if people else has_it(kit, finding)


def has_it(kit: Kit, finding: Finding) -> str:
    """Who has been told of the incident that a notice stands beside; empty for none."""
    with kit.store.reading() as look:
        known = look.incidents.all(model=finding.model, open=True)
    return next((one.has_it for one in known if finding in one.beside), "")


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps whom it is told to wake."""

    people: list[str] = []

    def do_POST(self) -> None:
        """Take a message."""
        data = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        if data["person"]:
            self.people.append(data["person"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> int:
    """Print the lines; 1 if too few faults reach the right person, or one reaches nobody."""
    server, chance = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver), random.Random(7)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    parties = (*PEOPLE[:9], *TEAMS)
    with tempfile.TemporaryDirectory() as folder:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        kit = Kit.open(Settings(home=folder, channels=("pager",), webhooks={"pager": address}))
        for email in PEOPLE:
            people.save_person(kit, PLATFORM, email, email.partition("@")[0], (Role.DATA_SCIENTIST,), active=email not in GONE)
        for team, members in TEAMS.items():
            people.save_team(kit, PLATFORM, team, members)
        models: dict[str, Declared] = {}
        with kit.store.transaction() as change:
            change.environments.put(Environment(name="prod", level=Level.PRODUCTION, port=7083))
            for number in range(MODELS):
                watcher, manager, feeder = (chance.choice(parties) for _ in range(3))
                models[f"model-{number}"] = Declared(watcher, chance.choice((*parties, "", "", "")), manager, feeder)
                change.projects.put(project(f"model-{number}", models[f"model-{number}"]))
        # Each model has every fault at most once, so that one is never taken for another that is open already.
        cases = chance.sample([(name, fault) for name in models for fault in FAULT_KINDS], FAULTS)
        found = [(fault, models[name].expected(fault), told(kit, Receiver, name, 1, fault)) for name, fault in cases]
        kit.close()
    right = sum(expected == person for _, expected, person in found)
    unowned = sum(not person for _, _, person in found)
    line("faults_reaching_their_duty", right / FAULTS, "wanted", WANTED, "share")
    line("faults_reaching_somebody", 1 - unowned / FAULTS, "wanted", 1.0, "share")
    print("by kind:", dict(Counter(fault.measure for fault, _, _ in found)))
    print("wrong:", dict(Counter(f"{fault.measure}: {want} is {got}" for fault, want, got in found if want != got)))
    return int(right < WANTED * FAULTS or bool(unowned))


if __name__ == "__main__":
    sys.exit(main())
