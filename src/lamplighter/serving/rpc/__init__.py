"""The Open Inference Protocol v2 over gRPC: messages and the front of one process."""
