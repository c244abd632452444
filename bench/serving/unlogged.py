"""Our server without its prediction log, for the price of the log. Takes the arguments of `python -m lamplighter.serving`."""

import sys

from lamplighter.domain.durability import Durability
from lamplighter.serving import slot
from lamplighter.serving.__main__ import main
from lamplighter.serving.recorder import DURABLE, Recorder


class Forgetting(Recorder):
    """Says that everything is kept and keeps nothing."""

    def keep(self, frames: bytes, durability: Durability) -> bytes:  # noqa: ARG002
        """The header line at once."""
        return DURABLE


if __name__ == "__main__":
    slot.__dict__["Recorder"] = Forgetting
    sys.exit(main())
