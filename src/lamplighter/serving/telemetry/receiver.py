"""The receiver of one signal as it is seen from here: what it took, what it did not, and whether that is news."""

import logging

import requests

log = logging.getLogger(__name__)


class Receiver:
    """Counts, and tells the log once when the receiver takes no more and once when it takes something again.

    No address, header or word of the receiver is ever logged: they may hold its password.
    """

    def __init__(self, what: str) -> None:
        """`what` it is sent, in the plural."""
        self._what = what
        self.exported = 0
        self.refused = 0
        self._status = 0
        self._takes = True

    def session(self) -> requests.Session:
        """A session whose answers are seen. Their bodies are not read: a receiver could send one without end."""
        session = requests.Session()
        session.stream = True
        session.hooks["response"].append(self._seen)
        return session

    def _seen(self, response: requests.Response, **_: object) -> None:
        self._status = response.status_code

    def told(self, spans: int, *, taken: bool) -> None:
        """So much was taken or not."""
        status, self._status = self._status, 0
        self.exported += spans if taken else 0
        self.refused += 0 if taken else spans
        if taken and not self._takes:
            log.info("the receiver of OpenTelemetry takes %s again", self._what)
        if not taken and self._takes:
            why = f"it answers {status}" if status else "it does not answer"
            log.warning("the receiver of OpenTelemetry takes no %s, %s", self._what, why)
        self._takes = taken
