"""Spans and durations on their way to an OTLP receiver: a process of the group exports what the others hand over."""
