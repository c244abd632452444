"""The control plane: one pod with a disk."""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from lamplighter.cluster import proxy
from lamplighter.cluster.image import IMAGE
from lamplighter.cluster.manifest import (
    NAME,
    Manifest,
    closed,
    configuration,
    labels,
    network_policy,
    pod,
    resources,
    service,
    stateful,
)
from lamplighter.domain.environment import Environment

#: Label of the control plane, and of machines.
CONTROL, MACHINES = "control-plane", "machines"
#: Where a pod keeps everything.
HOME = "/var/lib/lamplighter"
#: Secret whose entries are variables of the control plane: LAMP_DATABASE, LAMP_ARTIFACT_STORE, AWS_...
VARIABLES, CERTIFICATE = f"{NAME}-variables", f"{NAME}-tls"
#: Port on loopback.
_BEHIND = 7070
#: Seconds for the process to end once its proxy has; it waits 5 for answers, and its loops finish their turn.
_ENDING = 30


def manifests(url: str, places: Sequence[Environment]) -> list[Manifest]:
    """Everything of the control plane."""
    address = urlsplit(url)
    host, port = str(address.hostname), address.port or 443
    read = {
        "config.toml": _configuration(url, places),
        # The process lets an idle connection go after 5 seconds, so none is kept.
        "nginx.conf": proxy.configured(_BEHIND, [host], keep=False, reading=330),
    }
    ending = proxy.LEARNING + proxy.FINISHING + _ENDING
    spec = pod(NAME, CERTIFICATE, [_container()], proxy.container(host, "/readyz"), ending)
    pods, machines = labels(CONTROL), {"podSelector": {"matchLabels": labels(MACHINES)}}
    return [
        configuration(NAME, read),
        service(NAME, pods, port),
        stateful(NAME, pods, NAME, spec, read=read, disk="20Gi"),
        network_policy(NAME, pods, [machines]),
    ]


def _container() -> Manifest:
    asks = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{_BEHIND}/livez', timeout=5)"
    probe = {"exec": {"command": ["python", "-I", "-c", asks]}, "timeoutSeconds": 10}
    return {
        "name": NAME,
        "image": IMAGE,
        "command": ["lamp", "up", "--foreground"],
        "env": [{"name": "LAMP_HOME", "value": HOME}, {"name": "HOME", "value": HOME}],
        "envFrom": [{"secretRef": {"name": VARIABLES}}],
        "startupProbe": {**probe, "periodSeconds": 2, "failureThreshold": 150},
        "livenessProbe": {**probe, "periodSeconds": 20, "failureThreshold": 3},
        "resources": resources("500m", "1Gi"),
        "securityContext": closed(),
        "volumeMounts": [
            {"name": "home", "mountPath": HOME},
            {"name": "configuration", "mountPath": f"{HOME}/config.toml", "subPath": "config.toml", "readOnly": True},
            {"name": "temporary", "mountPath": proxy.TEMPORARY},
        ],
    }


def _configuration(url: str, places: Sequence[Environment]) -> str:
    """What the control plane reads at its start; the environments count at the first one only."""
    lines = [f"public_url = {json.dumps(url.rstrip('/'))}", f"port = {_BEHIND}"]
    for place in places:
        lines += ["", "[[environments]]", f"name = {json.dumps(place.name)}", f"level = {json.dumps(place.level)}"]
        lines += [f"host = {json.dumps(place.host)}", f"port = {place.port}", f"workers = {place.workers}"]
        lines += [f"target = {json.dumps(place.target)}", "tls = true"]
    return "\n".join([*lines, ""])
