"""How callers write rows and read scores: one file for each protocol."""
