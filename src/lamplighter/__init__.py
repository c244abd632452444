"""lamplighter: from the business problem to retirement, and who deploys, watches and changes each model."""

__version__ = "0.1.0"
