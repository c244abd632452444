"""The machines of one environment: pods with a disk each, which ask the control plane for their orders."""

from lamplighter.cluster import proxy
from lamplighter.cluster.control import HOME, MACHINES
from lamplighter.cluster.image import IMAGE
from lamplighter.cluster.manifest import (
    NAME,
    Manifest,
    closed,
    configuration,
    labels,
    manifest,
    network_policy,
    pod,
    resources,
    service,
    stateful,
)
from lamplighter.domain.environment import Environment

#: Seconds for a machine to end its processes and to bring what they recorded, with some to spare.
_ENDING = 55


def manifests(url: str, place: Environment) -> list[Manifest]:
    """Everything of one environment."""
    name = f"{NAME}-{place.name}"
    pods, headless = labels(MACHINES, place.name), f"{name}-pods"
    read = {"nginx.conf": proxy.configured(place.port, [place.host], name, keep=True, reading=60)}
    ending = proxy.LEARNING + proxy.FINISHING + _ENDING
    spec = pod(name, f"{name}-tls", [_container(url, place, name)], proxy.container(place.host, "/v2/health/ready"), ending)
    spec["topologySpreadConstraints"] = [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": pods},
        }
    ]
    disruption = {"maxUnavailable": 1, "selector": {"matchLabels": pods}}
    return [
        configuration(name, read),
        service(name, pods, place.port),
        service(headless, pods, place.port, headless=True),
        stateful(name, pods, headless, spec, read=read, disk="10Gi"),
        manifest("PodDisruptionBudget", "policy/v1", name, spec=disruption),
        network_policy(name, pods, []),
    ]


def _container(url: str, place: Environment, name: str) -> Manifest:
    """It is not asked whether it lives: it serves nothing until something is live, and looks after its processes itself."""
    inside = f"{name}.$(NAMESPACE).svc"
    known = [part for one in (place.host, name, inside, f"{inside}.cluster.local") for part in ("--known-as", one)]
    return {
        "name": NAME,
        "image": IMAGE,
        "command": ["lamp", "nodes", "run", place.name, "--name", "$(POD_NAME)", *known],
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "LAMP_HOME", "value": HOME},
            {"name": "HOME", "value": HOME},
            {"name": "LAMP_URL", "value": url.rstrip("/")},
            {"name": "LAMP_TOKEN", "valueFrom": {"secretKeyRef": {"name": f"{name}-token", "key": "token"}}},
        ],
        "resources": resources(f"{500 * place.workers}m", f"{512 * place.workers}Mi"),
        "securityContext": closed(),
        "volumeMounts": [{"name": "home", "mountPath": HOME}, {"name": "temporary", "mountPath": proxy.TEMPORARY}],
    }
