"""Callers of the port for gRPC that say nothing are let go, and never take what the port of HTTP needs."""

import socket
from pathlib import Path

import grpc  # type: ignore[import-untyped]
from tests.ports import free_port
from tests.serving.groundwork import MODEL, Ground, until
from tests.serving.test_crowds import FEW

from lamplighter.domain.route import ModelRoute


def lives(port: int) -> bool:
    """Whether a caller of gRPC is answered."""
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            channel.unary_unary("/inference.GRPCInferenceService/ServerLive")(b"", timeout=5)
    except grpc.RpcError:
        return False
    return True


def test_silent_connections_leave_room_for_http_and_go_after_a_while(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.grpc_port = free_port()
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving(prefix=(*FEW, "400", "400")):
        until(lambda: ground.adopted(1))
        until(lambda: lives(ground.grpc_port))
        crowd: list[socket.socket] = []
        try:
            address = ("127.0.0.1", ground.grpc_port)
            crowd += [socket.create_connection(address, timeout=5) for _ in range(600)]
            for _ in range(5):
                assert ground.caller().infer()[0] == 200
            report = ground.reports()[0]
            until(lambda: ground.reports()[0].written_at > report.written_at)
            until(lambda: lives(ground.grpc_port), 60.0)
        finally:
            for one in crowd:
                one.close()
    assert "errno 24" not in (ground.directory / "serving.log").read_text()
