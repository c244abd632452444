"""The verbs carried out in this process, over an open kit: a file for each heading. `embedded` puts them together."""
