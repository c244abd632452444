"""What data scientists track while they look for a model: experiments, runs, the models they log, and candidates.

Moments are milliseconds since the epoch, UTC, as the clients of MLflow tell and compare them.
"""
