"""Kubernetes: the control plane, and the machines of every environment that machines elsewhere serve, as plain manifests."""

import re

from lamplighter.bridges.base import Estate, File
from lamplighter.cluster import control, image, machines
from lamplighter.cluster.manifest import NAME, written
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Invalid
from lamplighter.domain.node import TARGET

#: Machines of an environment, until somebody says another number.
_REPLICAS = 2
#: A name of a StatefulSet has at most 52 characters: the cluster appends to it.
_LONGEST = 52 - len(f"{NAME}-")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_ADDRESS = re.compile(r"https://(?P<host>[^/:@?#]+)(:(?P<port>[0-9]{1,5}))?/?")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def files(estate: Estate) -> tuple[File, ...]:
    """Manifests, what puts them together, and what the image is built from.

    Raises `Invalid` for an address or an environment that others could not reach by TLS.
    """
    _check_address(estate.url)
    places = [place for place in estate.environments if place.target == TARGET]
    for place in places:
        _check_place(place)
    parts = {"control-plane.yml": control.manifests(estate.url, places)}
    parts |= {f"environment-{place.name}.yml": machines.manifests(estate.url, place) for place in places}
    return (
        File(
            name="kustomization.yml",
            content=written([_kustomization(list(parts), places)]),
            use="the values: name of the image, number of machines; kubectl apply -k takes the folder",
        ),
        *(File(name=name, content=written(part), use=_use(name)) for name, part in parts.items()),
        File(name="Dockerfile", content=image.DOCKERFILE, use="build the image of it, in a folder with nothing else"),
    )


def _use(name: str) -> str:
    if name.startswith("environment-"):
        return "the machines of one environment; their token and certificate are Secrets of your own"
    return "the control plane; its certificate and variables are Secrets of your own"


def _kustomization(parts: list[str], places: list[Environment]) -> dict[str, object]:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": parts,
        "images": [{"name": image.IMAGE, "newName": image.IMAGE, "newTag": image.TAG}],
        "replicas": [{"name": f"{NAME}-{place.name}", "count": _REPLICAS} for place in places],
    }


def _check_address(url: str) -> None:
    found = _ADDRESS.fullmatch(url)
    if found and _HOST.fullmatch(found["host"]) and found["host"] not in _LOOPBACK and 0 < int(found["port"] or 443) < 65536:
        return
    raise Invalid(
        "The control plane has no address that a cluster could give it.",
        why="People and machines reach it by TLS, at a name, and this address has another form or is this machine's own.",
        fix="Name it: lamp export kubernetes --address https://lamp.example.com",
        code="E1505",
    )


def _check_place(place: Environment) -> None:
    faults = {
        "callers are told to come without TLS, and its machines answer by TLS only": not place.tls,
        "its host is no name that callers elsewhere reach": not _HOST.fullmatch(place.host) or place.host in _LOOPBACK,
        f"its name is longer than {_LONGEST} characters": len(place.name) > _LONGEST,
    }
    if why := next((why for why, holds in faults.items() if holds), ""):
        raise Invalid(
            f"The environment {place.name} cannot be served in a cluster as it is.",
            why=f"{why[0].upper()}{why[1:]}.",
            fix=f"Change it: lamp env add {place.name} --level {place.level} --port {place.port} "
            "--host predictions.example.com --tls; a name that is too long takes another environment.",
            code="E1506",
        )
