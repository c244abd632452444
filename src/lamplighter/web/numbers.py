"""Numbers as people read them."""

#: What stands where there is nothing to say.
NOTHING = "\u2013"


def count(number: float) -> str:
    """A whole number with its thousands apart: `12,345`."""
    return f"{number:,.0f}"


def figure(number: float) -> str:
    """A figure of a measure with three digits that count: `0.187`, `0.0266`, `41.2`, `1,250`."""
    if number == round(number) or abs(number) >= 100:
        return f"{number:,.0f}"
    if abs(number) >= 10:
        return f"{number:.1f}"
    if abs(number) >= 0.1:
        return f"{number:.3f}"
    return f"{number:.4f}" if abs(number) >= 0.0001 else f"{number:.1g}"


def share(part: float) -> str:
    """A part of one in percent: `12 %`, `0.3 %`, `0 %`."""
    percent = part * 100
    if percent in (0, 100):
        return f"{percent:.0f} %"
    return f"{percent:.2g} %" if percent < 10 else f"{min(percent, 99.9):.3g} %"


def milliseconds(length: float | None) -> str:
    """A latency: `0.5 ms`, `38 ms`, `2.5 s`; a dash where it is not known."""
    if length is None:
        return NOTHING
    return f"{length / 1000:g} s" if length >= 1000 else f"{length:g} ms"


def size(octets: int) -> str:
    """A size in powers of ten: `3.1 MB`."""
    value = float(octets)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} GB"
