"""Ways to run a version, one file each."""
