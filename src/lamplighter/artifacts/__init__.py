"""Where artifacts are kept, one file a kind of store."""
