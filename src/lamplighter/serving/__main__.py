"""`python -m lamplighter.serving`: the process group of one environment."""

import argparse
import faulthandler
import logging
import os
import re
import resource
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from lamplighter.domain.addresses import is_loopback
from lamplighter.serving.files import PID
from lamplighter.serving.group import Group, bind, prepare
from lamplighter.serving.lock import acquire, sign
from lamplighter.serving.options import Options
from lamplighter.serving.telemetry.switch import hindrance, signals

#: Seconds to wait for a group that is still ending.
_PATIENCE = 15.0
#: Exit status when the arguments, the address or the directory cannot be used.
_UNUSABLE = 2
#: Descriptors of one process, where the system allows as many: about as many connections as a process can look after.
_FILES = 16_384


def main(arguments: list[str] | None = None) -> int:
    """Serve one environment until SIGTERM; the exit status."""
    parsed = _parser().parse_args(arguments)
    # A crash in a library leaves its place in serving.log.
    faulthandler.enable()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    log = logging.getLogger("lamplighter.serving")
    if not (is_loopback(parsed.host.strip("[]")) or parsed.insecure_plain_http):
        log.error("%s is not a loopback address; use --insecure-plain-http to listen there without encryption", parsed.host)
        return _UNUSABLE
    options = Options(
        environment=parsed.environment,
        directory=parsed.directory.absolute(),
        artifacts=parsed.artifacts.absolute(),
        host=parsed.host,
        port=parsed.port,
        workers=parsed.workers,
        grpc_port=parsed.grpc_port,
        known_as=tuple(parsed.known_as),
        environments=parsed.environments and parsed.environments.absolute(),
        keys=parsed.keys and parsed.keys.absolute(),
    )
    os.umask(0o077)
    _raise_files()
    prepare(options.directory, options.workers)
    held = acquire(options.directory / PID, _PATIENCE)
    if held is None:
        log.error("another process group serves from this directory")
        return _UNUSABLE
    if options.grpc_port and find_spec("grpc") is None:
        log.error("a port for gRPC needs lamplighter[grpc]")
        return _UNUSABLE
    try:
        if options.grpc_port:
            # Each process opens this port by itself and shares it, also with strangers, unless it is taken before.
            bind(options.host, options.grpc_port).close()
        listening = bind(options.host, options.port)
    except OSError as error:
        log.error("cannot listen at %s port %d or %d: %s", options.host, options.port, options.grpc_port, error.strerror)
        return _UNUSABLE
    sign(held)
    log.info("environment %s at %s port %d, %d processes", options.environment, options.host, options.port, options.workers)
    why = hindrance()
    if why:
        log.warning("%s Nothing is exported.", why)
    return Group(options, listening, exports=bool(signals()) and not why).run()


def _raise_files() -> None:
    """Use the descriptors that may be used: a shell gives 1,024 by default, which a thousand idle callers hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lamplighter.serving", description="Serve the models of one environment.")
    parser.add_argument("--environment", required=True, type=_name, help="name of the environment, as in the route")
    parser.add_argument("--directory", required=True, type=Path, help="where the route, reports and prediction log lie")
    parser.add_argument("--artifacts", required=True, type=Path, help="root of the local artifact store")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at; a loopback address unless allowed below")
    parser.add_argument("--port", type=_port, default=7083, help="port to listen at")
    parser.add_argument(
        "--grpc-port", type=_port, default=0, help="port for gRPC, which needs lamplighter[grpc]; none by default"
    )
    parser.add_argument("--workers", type=_count, default=1, help="number of processes that answer")
    parser.add_argument("--environments", type=Path, help="where environments are made for versions with other packages")
    parser.add_argument("--keys", type=Path, help="folder of public keys, *.pem, whose versions may run code")
    parser.add_argument("--known-as", action="append", default=[], metavar="NAME", help="a further name for the Host header")
    parser.add_argument("--insecure-plain-http", action="store_true", help="allow an address that other machines can reach")
    return parser


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", text):
        raise ValueError
    return text


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError
    return port


def _count(text: str) -> int:
    count = int(text)
    if not 0 < count <= 256:
        raise ValueError
    return count


if __name__ == "__main__":
    sys.exit(main())
