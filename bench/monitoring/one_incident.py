"""One broken table under many models: one incident, every model linked to it, and one page.

A platform with 300 live models that need the same source is told that the newest row of it is five hours old, where one hour
is allowed. Findings, reactions and the outbox are the real ones, and a receiver on a socket counts what it is sent.
"""

import http.server
import sys
import tempfile
import threading
import time
from pathlib import Path

import estate
import msgspec

from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import feeds, findings, outbox, people, reactions
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
from lines import line

MODELS = 300
SOURCE = "source-0"
_CURSOR = "reactions"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Counts whom it is told to wake."""

    #: Incident and person of every message that somebody has to act on.
    told: list[tuple[str, str]] = []

    def do_POST(self) -> None:
        """Take a message."""
        data = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        if data["person"]:
            self.told.append((data["incident"], data["person"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def settle(kit: Kit) -> None:
    """React until nothing follows any more, then deliver."""
    while True:
        with kit.store.reading() as look:
            entries = look.journal.after(look.counters.value(_CURSOR))
        if not entries:
            break
        for entry in entries:
            reactions.react(kit, entry)
            with kit.store.transaction() as change:
                change.counters.set(_CURSOR, entry.sequence)
    outbox.deliver(kit)


def main(models: int) -> int:
    """Print the lines; 1 if there is more than one incident or page, or a model is not linked."""
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        address = f"http://127.0.0.1:{receiver.server_address[1]}"
        kit = Kit.open(Settings(home=folder, channels=("pager",), webhooks={"pager": address}))
        people.bootstrap(kit)
        estate.fill(kit, models, 1)
        settle(kit)
        Receiver.told.clear()
        feeds.push(kit, PLATFORM, SOURCE, kit.clock.now() - 5 * 3_600_000_000, 10, None, "")
        started = time.monotonic()
        for _ in range(3):
            findings.settle(kit, feeds.looks(kit))
            settle(kit)
        seconds = time.monotonic() - started
        with kit.store.reading() as look:
            found = [incident for incident in look.incidents.all(open=True) if incident.source == SOURCE]
        kit.close()
    linked = len({model for incident in found for model in incident.models})
    line("one_broken_table_incidents", len(found), "wanted", 1, "incidents", lower_is_better=True)
    line("one_broken_table_models", linked, "wanted", models, "models")
    line("one_broken_table_pages", len(Receiver.told), "wanted", 1, "pages", lower_is_better=True)
    print(f"three looks at {models} models with one broken source took {seconds:.1f} s")
    return int((len(found), linked, len(Receiver.told)) != (1, models, 1))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MODELS))
