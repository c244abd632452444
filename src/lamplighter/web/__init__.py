"""Pages for people: server-rendered, readable without script, with nothing from other hosts."""
