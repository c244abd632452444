"""What lets other tools work with the platform, one file each."""
