"""Is every artifact of a format that may be opened there?"""

from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.domain.version import Badge
from lamplighter.gates.base import elsewhere


class Gate(Settings, frozen=True):
    """The most dangerous badge of the version is among `allowed`."""

    allowed: tuple[Badge, ...] = (Badge.DATA, Badge.AUDITED)

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the artifact."""
        away = elsewhere(dossier, "no file of it is opened here")
        if away is not None:
            return away
        for artifact in dossier.version.manifest.artifacts:
            if artifact.badge not in self.allowed:
                return Refused(
                    why=f"The artifact {artifact.name} ({artifact.format}) runs code when it is opened.",
                    fix="Save the model in a format without code, such as skops, LightGBM text or ONNX.",
                )
        return Passed(why=f"Badge {dossier.version.manifest.badge}.")
