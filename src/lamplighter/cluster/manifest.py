"""The pieces that every manifest is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from lamplighter.domain.record import digest_of

Manifest = dict[str, Any]
Labels = dict[str, str]

#: Name of the control plane, and how the names of everything else begin. No service is called `lamp`, and no pod is told of
#: services by variables: those of one called so would set LAMP_PORT.
NAME = "lamplighter"
#: Port of every proxy, and the name it has in manifests.
PORT, HTTPS = 8443, "https"
#: Label of a namespace whose pods may call, such as that of the gateway.
CALLERS = {f"{NAME}/callers": "true"}
#: A user that no system has.
_USER = 10001


def written(manifests: Sequence[Manifest]) -> str:
    """As one file."""
    text: str = yaml.safe_dump_all(manifests, sort_keys=False, width=120, allow_unicode=True)
    return text


def labels(component: str, environment: str = "") -> Labels:
    """What finds the pods of a component, of one environment if one is named."""
    own = {f"{NAME}/environment": environment} if environment else {}
    return {"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": component, **own}


def manifest(kind: str, version: str, name: str, **content: Any) -> Manifest:
    """One object."""
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": NAME}},
    } | content


def configuration(name: str, data: Mapping[str, str]) -> Manifest:
    """Files for pods, by name."""
    return manifest("ConfigMap", "v1", name, data=dict(data))


def stateful(name: str, pods: Labels, service: str, spec: Manifest, *, read: Mapping[str, str], disk: str) -> Manifest:
    """Pods with names and a disk each. They are replaced when what they read at their start changes."""
    template = {
        "metadata": {
            "labels": pods,
            "annotations": {
                f"{NAME}/configuration": digest_of(repr(sorted(read.items())).encode())[:16],
                "kubectl.kubernetes.io/default-container": NAME,
            },
        },
        "spec": spec,
    }
    claim = {
        "metadata": {"name": "home"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": disk}}},
    }
    return manifest(
        "StatefulSet",
        "apps/v1",
        name,
        spec={
            "serviceName": service,
            "replicas": 1,
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": pods},
            "template": template,
            "volumeClaimTemplates": [claim],
        },
    )


def pod(name: str, secret: str, containers: Sequence[Manifest], proxy: Manifest, ending: int) -> Manifest:
    """A pod whose proxy ends first: what begins before the others, and goes on beside them, ends after them."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": ending,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "initContainers": [{**one, "restartPolicy": "Always"} for one in containers],
        "containers": [proxy],
        "volumes": [
            {"name": "configuration", "configMap": {"name": name}},
            # Only its group, which is that of the pod, reads the key.
            {"name": "tls", "secret": {"secretName": secret, "defaultMode": 0o440}},
            {"name": "temporary", "emptyDir": {"sizeLimit": "2Gi"}},
            {"name": "temporary-of-proxy", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
    }


def closed() -> Manifest:
    """What no container of ours may."""
    return {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def resources(processors: str, memory: str) -> Manifest:
    """What a container is given for sure."""
    return {"requests": {"cpu": processors, "memory": memory}}


def service(name: str, pods: Labels, port: int, *, headless: bool = False) -> Manifest:
    """A name that leads to the proxies of these pods."""
    own: Manifest = {"clusterIP": "None", "publishNotReadyAddresses": True} if headless else {}
    ports = [{"name": HTTPS, "port": port, "targetPort": HTTPS, "protocol": "TCP"}]
    return manifest("Service", "v1", name, spec=own | {"selector": pods, "ports": ports})


def network_policy(name: str, pods: Labels, callers: Sequence[Manifest]) -> Manifest:
    """Nobody comes in but these, and those only to the proxy."""
    allowed = [*callers, {"namespaceSelector": {"matchLabels": CALLERS}}]
    return manifest(
        "NetworkPolicy",
        "networking.k8s.io/v1",
        name,
        spec={
            "podSelector": {"matchLabels": pods},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": allowed, "ports": [{"protocol": "TCP", "port": HTTPS}]}],
        },
    )
