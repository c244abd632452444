"""Ways to run a training, one file each."""
