"""Kinds of model that can be captured, one file each."""
