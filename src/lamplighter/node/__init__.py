"""A machine that serves an environment for a control plane elsewhere."""
