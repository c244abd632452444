"""Looking through the prediction log of a model, the newest part first, for as long as whoever asked would wait."""

from collections.abc import Collection, Iterator

from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.domain.rows import Window
from lamplighter.lifecycle import intake, recordings
from lamplighter.lifecycle.kit import Kit

#: Seconds after which no further file is begun: whoever asked would have gone.
LONGEST = 15.0


class Look:
    """Requests of their own that some versions answered or failed to answer, each once."""

    def __init__(self, digests: Collection[str]) -> None:
        self._digests = digests
        self._seen: set[tuple[str, int]] = set()
        #: Share of the bytes of the log that there was time to look through.
        self.looked_through = 1.0

    def records(self, kit: Kit, model: str, environment: str, window: Window | None) -> Iterator[Scored]:
        """What was recorded of a model, or of a window of it."""
        end = kit.clock.elapsed() + LONGEST
        with recordings.newest_first(kit, model, environment, window) as files:
            whole = left = sum(file.size for file in files)
            for file in files:
                if kit.clock.elapsed() > end:
                    self.looked_through = 1.0 - left / whole if whole else 0.0
                    break
                left -= file.size
                for record in file.records(model, window):
                    if record.digest in self._digests and self._counts(record):
                        yield record

    def _counts(self, record: Scored) -> bool:
        if record.arm in (Arm.SHADOW, Arm.FALLBACK) or record.consumer.startswith(DRILL):
            return False
        if not intake.is_named_by_caller(record.request):
            return True
        key = (record.row_id(0), record.number)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new
