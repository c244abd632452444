"""Presets: the rules by which well-known libraries call a window drifted, under the names of these libraries. One file each."""

from lamplighter import plugins
from lamplighter.domain.names import unknown
from lamplighter.presets.base import Preset

#: The rule of the house: thresholds calibrated to a rate of false alarms. It is no file here, because it keeps a promise that
#: these rules do not.
OWN = "lamplighter"


def preset(name: str, measure: str) -> Preset:
    """The preset of this name with a measure of the project; raises `NotFound`, and `Invalid` for a measure it cannot take."""
    if name not in plugins.names("presets"):
        raise unknown("preset", name, (OWN, *plugins.names("presets")))
    module = plugins.plugin("presets", name)
    own = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    found: Preset = next(kind for kind in own if issubclass(kind, Preset))(method=measure)
    found.check()
    return found
