"""Is the ground ready? One file for each part that is probed."""
