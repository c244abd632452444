"""The REST face of MLflow: its clients work unchanged, and set an address and a token only."""
