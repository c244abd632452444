"""Who should deploy this model?"""

from collections.abc import Mapping

from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.advice import Advice, Arrangement
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.readiness import Reading
from lamplighter.domain.who import Who

#: The name of each arrangement for people.
ARRANGEMENTS: Mapping[Arrangement, str] = {
    Arrangement.DATA_SCIENTIST_LED: "Do it yourself",
    Arrangement.COLLABORATIVE: "Light, then hand over",
    Arrangement.IT_LED: "IT-led",
}


def who_page(who: Who, address: str) -> Page:
    """The arrangement, the rule that gave it, the readiness, what would change it, and the people of each duty."""
    advice = who.advice
    return Page(
        says=f"{who.model}: {ARRANGEMENTS[advice.arrangement]} ({advice.arrangement}). {advice.why}",
        data={"who": who},
        facts=[
            ("rule", advice.rule),
            ("criticality", f"{who.criticality.tier} ({who.criticality.rule}): {who.criticality.why}"),
            *((reading.part.value, _reading(reading)) for reading in who.readiness.readings),
            *(("would change", change) for change in _changes(advice)),
            ("business", who.business or "nobody"),
            ("risk", who.risk or "nobody"),
        ],
        table=duties(who.ownership),
        next=[f"lamp owners show {who.model}", f"lamp status {who.model}"],
        url=address,
    )


def owners_page(model: str, ownership: Ownership, address: str) -> Page:
    """Who has which duty."""
    gaps = ", ".join(ownership.gaps)
    return Page(
        says=f"{model} has nobody for {gaps}." if gaps else f"Every duty of {model} has somebody who is here.",
        data={"model": model, "ownership": ownership, "gaps": ownership.gaps},
        table=duties(ownership),
        next=[f"lamp who {model}"],
        url=address,
    )


def duties(ownership: Ownership) -> Table:
    """One row a duty: who is accountable, who acts now, who stands in."""
    rows = [(a.duty.value, a.holder or "nobody", a.deputy or "-", a.accountable or "nobody") for a in ownership.assignments]
    return Table(rows, ("DUTY", "ACTS NOW", "DEPUTY", "ACCOUNTABLE"))


def _reading(reading: Reading) -> str:
    repair = f" {reading.repairer or 'Somebody'} can repair it: {reading.fix}" if reading.fix else ""
    return f"{marked(reading.light)}  {reading.seen}{repair}"


def _changes(advice: Advice) -> list[str]:
    return [f"{a.change}: then {ARRANGEMENTS[a.arrangement]} ({a.rule})" for a in advice.alternatives]
