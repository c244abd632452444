"""The command `lamp`: one file per heading of `lamp --help`. Nothing heavy is imported before a command runs."""
