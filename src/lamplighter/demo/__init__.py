"""The demonstration: a real model through all five stages, on real data, through the real entry points."""
