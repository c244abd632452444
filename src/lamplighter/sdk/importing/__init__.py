"""Models of an MLflow server become versions here: read over REST, packed in other processes, registered like any."""
