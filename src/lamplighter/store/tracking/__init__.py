"""Experiments, runs, logged models and candidates, as clients of MLflow bring them."""
