"""The page of the documentation lists every figure as the table has it."""

import re
from pathlib import Path

from lamplighter.domain.metric import CONTROL, SERVING

PAGE = Path(__file__).parents[2] / "docs" / "prometheus.md"


def test_the_page_lists_every_figure() -> None:
    told = re.findall(r"^\| `(lamp_\w+)` \| (.+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert [(name, tuple(re.findall(r"`(\w+)`", labels)), says) for name, labels, says in told] == [
        (metric.name, metric.labels, metric.sentence) for metric in dict.fromkeys((*CONTROL, *SERVING))
    ]
