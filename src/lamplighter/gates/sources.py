"""Does every data source have an owner?"""

from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """At least one source is declared, each with an owner."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the source without an owner."""
        sources = dossier.project.source
        if not sources:
            return Refused(why="No data source is declared.", fix="Add [[source]] with a name and an owner to lamp.toml.")
        orphans = [source.name for source in sources if not source.owner]
        if orphans:
            return Refused(why=f"The source {orphans[0]} has no owner.", fix=f"Name the owner of {orphans[0]} in lamp.toml.")
        return Passed(why=f"{len(sources)} sources, each with an owner.")
