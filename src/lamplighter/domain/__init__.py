"""Nouns of the house: frozen records, tables and pure functions. Imports nothing of ours and does no input or output."""
