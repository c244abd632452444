"""From a model object or a foreign format to a version: capture, compile, verify parity, lock. Runs where the model is."""
