"""How many false alarms of movement a model may give, and the rate for one window that follows.

Windows overlap and depend on each other. The expected number of windows in alarm is the number of looks times the rate all
the same, because expectations add up under any dependence. Alarms that are told begin with such a window and last over its
neighbours, so of these there are fewer: the number stated is the most to expect (Boole's inequality; as a rate for a family
of tests Bonferroni's, see Dunn, Journal of the American Statistical Association 56, 1961). A window that is made anew for
rows that came late is the same look. The number of a model is shared between its two alarms, by the same inequality.
"""

import math
from typing import NamedTuple

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: No alarm is set to come in more than one of ten windows without drift, whatever the budget.
_HIGHEST = 0.1
#: The part of the number of a model that its inputs and answers have; calibration has the rest.
_INPUTS = 0.9
#: Draws that tell a rate: ten of them beyond it, within these bounds.
_BEYOND, _FEWEST, _MOST = 10, 999, 9_999


class Alarm(Record, frozen=True):
    """One alarm of one model in one environment."""

    #: Windows that end in a month.
    looks: float
    #: The probability of an alarm in a window without drift.
    rate: float
    #: Draws that the rate is told by.
    draws: int


class Alarms(NamedTuple):
    """The alarms of one model in one environment."""

    #: Over all inputs and the answers together.
    inputs: Alarm
    calibration: Alarm


def alarms(kit: Kit, look: Transaction, project: Project, looks: float) -> Alarms:
    """The alarms that keep the budget of the model and, with those of all models, that of the installation."""
    budget = _budget(kit, look, project)
    return Alarms(inputs=alarm_of(_INPUTS * budget, looks), calibration=alarm_of((1.0 - _INPUTS) * budget, looks))


def alarm_of(budget: float, looks: float) -> Alarm:
    """The alarm that gives at most so many false ones in a month of so many looks, or as few as the draws can tell."""
    rate = min(budget / looks, _HIGHEST)
    draws = min(max(math.ceil(_BEYOND / rate) - 1, _FEWEST), _MOST)
    return Alarm(looks=looks, rate=max(rate, 1.0 / (draws + 1)), draws=draws)


def _budget(kit: Kit, look: Transaction, project: Project) -> float:
    """A month's false alarms: what the project or its tier says, or an equal part of what the installation allows.

    The parts are those of the next power of two, so that a new model does not set all alarms anew.
    """
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    own = tier.false_alarms if project.monitor.false_alarms is None else project.monitor.false_alarms
    parts = math.ldexp(1.0, max(0, look.routings.count() - 1).bit_length())
    return min(own, kit.settings.false_alarms / parts)
