"""The child process in which a model of the Python runtime lives, and all that it may import of ours."""
