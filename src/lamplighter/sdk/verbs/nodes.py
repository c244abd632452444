"""Machines elsewhere that serve an environment."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.machine import Place
from lamplighter.domain.node import NodeReport, Orders, SeenNode
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.door import door


class Nodes(Protocol):
    """Machines elsewhere that serve an environment."""

    @door("GET", "/nodes", Permission.READ)
    def nodes(self, environment: str = "") -> list[SeenNode]:
        """Every machine with what it said last, of one environment if one is named."""
        ...

    @door("GET", "/machines", Permission.READ)
    def machines(self, environment: str = "") -> list[Place]:
        """Everything that serves, environment by environment or of the one that is named: machines elsewhere and the processes
        beside the control plane, each with how it is and what to do."""
        ...

    @door("POST", "/environments/{environment}/node-tokens", Permission.ADMINISTER)
    def issue_node_token(self, environment: str, days: int = 90) -> Secret:
        """Give out a token with which machines serve one environment and can do nothing else; it is shown once."""
        ...

    @door("POST", "/environments/{environment}/node-tokens/revoked", Permission.ADMINISTER)
    def revoke_node_tokens(self, environment: str) -> int:
        """Make every token of the machines of an environment worthless; gives how many there were."""
        ...

    @door("POST", "/environments/{environment}/nodes/{node}/forgotten", Permission.ADMINISTER)
    def forget_node(self, environment: str, node: str) -> None:
        """Miss a machine no more that is gone for good; what it did not bring is lost."""
        ...

    @door("POST", "/environments/{environment}/nodes/{node}/orders", Permission.SERVE)
    def node_orders(self, environment: str, node: str, report: NodeReport) -> Orders:
        """Say what a machine does, and learn what it is to do."""
        ...

    @door("GET", "/environments/{environment}/versions/{version}/files/{digest}", Permission.SERVE)
    def node_file(self, environment: str, version: str, digest: str) -> bytes:
        """The bytes of a version that the environment answers with."""
        ...

    @door("PUT", "/environments/{environment}/nodes/{node}/segments/{segment}/{offset}", Permission.SERVE)
    def put_segment(self, environment: str, node: str, segment: str, offset: int, content: bytes) -> int:
        """Bring a part of what a machine recorded; gives the bytes of the segment that are held durably."""
        ...
