"""Tracking: what clients of MLflow bring while somebody looks for a model. Nothing of it is opened or run here."""
