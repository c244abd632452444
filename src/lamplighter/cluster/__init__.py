"""What a cluster of containers runs: pods with a proxy, of the control plane and of machines."""
