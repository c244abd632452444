"""The line that a benchmark prints."""


def line(name: str, ours: float, peer: str, theirs: float, unit: str, *, lower_is_better: bool = False) -> float:
    """Print `bench <name> ours=<x> peer=<name>:<y> ratio=<r> unit=<u>`; gives the ratio, above 1 where ours is better."""
    ratio = theirs / ours if lower_is_better else ours / theirs
    print(f"bench {name} ours={ours:.4g} peer={peer}:{theirs:.4g} ratio={ratio:.4g} unit={unit}", flush=True)
    return ratio
