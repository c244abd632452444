"""The HTTP interface: routes made from the doors of the SDK, one guard, one form of error."""
