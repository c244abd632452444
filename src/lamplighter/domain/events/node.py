"""Machines that serve an environment for a control plane elsewhere."""

from lamplighter.domain.events.base import Event


class NodeJoined(Event, frozen=True, tag=True):
    """A machine began to serve an environment."""

    environment: str = ""
    node: str = ""


class NodeLeft(Event, frozen=True, tag=True):
    """A machine ended on purpose, after everything that it recorded was brought."""

    environment: str = ""
    node: str = ""


class NodeTokensRevoked(Event, frozen=True, tag=True):
    """No machine of an environment may ask for orders any more until it has a new token."""

    environment: str = ""
    count: int = 0


NodeEvent = NodeJoined | NodeLeft | NodeTokensRevoked
