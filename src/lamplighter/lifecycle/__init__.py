"""Verbs: verb(kit, ...) gives a domain object. Stages never import each other; the circle closes in `reactions`."""
