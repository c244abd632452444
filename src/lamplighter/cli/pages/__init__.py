"""How each noun is told on the command line: a record in, a page out."""
