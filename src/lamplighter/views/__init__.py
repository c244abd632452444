"""Questions: read only, one transaction, plain records out."""
