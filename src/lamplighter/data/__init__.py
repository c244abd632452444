"""Real data that examples and the demo run on."""
