"""Machines elsewhere that serve an environment."""

from lamplighter.domain.machine import Place
from lamplighter.domain.node import NodeReport, Orders, SeenNode
from lamplighter.lifecycle import machines, nodes, tokens
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import nodes as verbs


class Nodes(Caller, verbs.Nodes):
    """Machines elsewhere that serve an environment."""

    def nodes(self, environment: str = "") -> list[SeenNode]:
        return nodes.known(self._kit, environment)

    def machines(self, environment: str = "") -> list[Place]:
        return machines.places(self._kit, environment)

    def issue_node_token(self, environment: str, days: int = 90) -> Secret:
        made = tokens.issue_node_token(self._kit, self._actor, environment, days)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def revoke_node_tokens(self, environment: str) -> int:
        return tokens.revoke_node_tokens(self._kit, self._actor, environment)

    def forget_node(self, environment: str, node: str) -> None:
        nodes.forget(self._kit, self._actor, environment, node)

    def node_orders(self, environment: str, node: str, report: NodeReport) -> Orders:
        return nodes.orders(self._kit, self._actor, environment, node, report)

    def node_file(self, environment: str, version: str, digest: str) -> bytes:
        return nodes.file(self._kit, self._actor, environment, version, digest)

    def put_segment(self, environment: str, node: str, segment: str, offset: int, content: bytes) -> int:
        return nodes.bring(self._kit, self._actor, environment, node, segment, offset, content)
