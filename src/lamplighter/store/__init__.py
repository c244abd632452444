"""Memory: one file per collection, the same code on SQLite and PostgreSQL."""
