"""From fitted pipelines to plans that are data only."""
