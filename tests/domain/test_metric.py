"""The table of figures: names and labels as Prometheus wants them, each with its sentence."""

import re

from lamplighter.domain.metric import CONTROL, METRICS, SERVING, STATUS, Shape
from lamplighter.domain.stage import Status


def test_every_name_is_one_figure() -> None:
    both = {metric.name for metric in CONTROL} & {metric.name for metric in SERVING}
    assert both == {"lamp_build_info"}
    assert len(METRICS) == len(CONTROL) + len(SERVING) - len(both)


def test_names_labels_and_sentences_have_their_form() -> None:
    for metric in METRICS.values():
        assert re.fullmatch(r"lamp(_[a-z]+)+", metric.name)
        assert metric.name.endswith("_total") is (metric.shape is Shape.COUNTER)
        assert all(re.fullmatch(r"[a-z]+", label) for label in metric.labels)
        assert len(set(metric.labels)) == len(metric.labels)
        assert re.fullmatch(r"[A-Z1].*\.", metric.sentence)


def test_every_status_has_its_number() -> None:
    assert [STATUS[status] for status in Status] == [-1, 0, 1, 2]
