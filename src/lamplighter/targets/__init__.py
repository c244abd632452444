"""Where versions answer: one file for each kind of place that can run a serving process group."""
