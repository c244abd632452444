"""What is exported for Kubernetes fits its schemas, names only what is there, and gives nobody more than is needed."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.cli.commands import lamp
from tests.sdk.homes import home

from lamplighter.bridges.base import Estate, File
from lamplighter.bridges.kubernetes import files
from lamplighter.cluster import proxy
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Invalid
from lamplighter.node import machine
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.settings import read_settings
from lamplighter.targets.local import Target

VALIDATOR = Path(__file__).parents[2] / ".venv-clients" / "ci" / "bin" / "kubernetes-validate"
PROD = Environment(
    name="prod", level=Level.PRODUCTION, port=7083, host="predictions.example.com", workers=2, target="nodes", tls=True
)
ESTATE = Estate(
    url="https://lamp.example.com", environments=(Environment(name="dev", level=Level.DEVELOPMENT, port=7081), PROD)
)
#: What a person makes, by name, with the keys that are read; nothing for whatever is in it.
SECRETS: dict[str, tuple[str, ...]] = {
    "lamplighter-tls": ("tls.crt", "tls.key"),
    "lamplighter-variables": (),
    "lamplighter-prod-tls": ("tls.crt", "tls.key"),
    "lamplighter-prod-token": ("token",),
}


@cache
def made() -> dict[str, str]:
    return {file.name: file.content for file in files(ESTATE)}


def objects(kind: str = "") -> list[dict[str, Any]]:
    """Everything for the cluster."""
    read = [one for name in ("control-plane.yml", "environment-prod.yml") for one in yaml.safe_load_all(made()[name])]
    return [one for one in read if kind in ("", one["kind"])]


def pods() -> list[tuple[str, dict[str, Any]]]:
    """Every template of pods, by the name of what makes them."""
    return [(one["metadata"]["name"], one["spec"]["template"]) for one in objects("StatefulSet")]


def containers(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [*template["spec"]["initContainers"], *template["spec"]["containers"]]


def test_the_files() -> None:
    assert list(made()) == ["kustomization.yml", "control-plane.yml", "environment-prod.yml", "Dockerfile"]
    assert [(one["kind"], one["metadata"]["name"]) for one in objects()] == [
        ("ConfigMap", "lamplighter"),
        ("Service", "lamplighter"),
        ("StatefulSet", "lamplighter"),
        ("NetworkPolicy", "lamplighter"),
        ("ConfigMap", "lamplighter-prod"),
        ("Service", "lamplighter-prod"),
        ("Service", "lamplighter-prod-pods"),
        ("StatefulSet", "lamplighter-prod"),
        ("PodDisruptionBudget", "lamplighter-prod"),
        ("NetworkPolicy", "lamplighter-prod"),
    ]


@pytest.mark.parametrize("release", ["1.33.0", "1.37.0"])
def test_the_schemas_of_kubernetes_take_them(release: str, tmp_path: Path) -> None:
    assert VALIDATOR.exists(), "scripts/clients ci makes the environment of the clients"
    whole = "---\n".join(made()[name] for name in ("control-plane.yml", "environment-prod.yml"))
    for text, code in ((whole, 0), (whole.replace("readOnlyRootFilesystem", "readOnlyRoot"), 1)):
        (tmp_path / "all.yml").write_text(text)
        command = [VALIDATOR, "--strict", "-k", release, tmp_path / "all.yml"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # type: ignore[arg-type]
        assert (done.returncode != 0) == bool(code), done.stdout + done.stderr


def test_the_kustomization_names_every_part_and_the_values() -> None:
    read = yaml.safe_load(made()["kustomization.yml"])
    assert read["resources"] == ["control-plane.yml", "environment-prod.yml"]
    ((image),) = read["images"]
    assert {one["image"] for _, template in pods() for one in containers(template)} == {image["name"]}
    assert [one["name"] for one in read["replicas"]] == ["lamplighter-prod"]
    assert all("/" not in str(value) for value in image.values())


def test_selectors_find_the_pods_that_they_are_for_and_no_others() -> None:
    labels = {name: template["metadata"]["labels"] for name, template in pods()}
    for one in objects():
        spec = one.get("spec", {})
        found = spec.get("podSelector") or spec.get("selector")
        if found is None:
            continue
        wanted = found.get("matchLabels", found).items()
        chosen = [name for name, own in labels.items() if wanted <= own.items()]
        assert chosen == [one["metadata"]["name"].removesuffix("-pods")], one["metadata"]
    (machines, _) = objects("NetworkPolicy")[0]["spec"]["ingress"][0]["from"]
    assert [name for name, own in labels.items() if machines["podSelector"]["matchLabels"].items() <= own.items()] == [
        "lamplighter-prod"
    ]
    (spread,) = dict(pods())["lamplighter-prod"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels["lamplighter-prod"]


def test_every_name_leads_somewhere() -> None:
    configurations = {one["metadata"]["name"]: one["data"] for one in objects("ConfigMap")}
    services = {one["metadata"]["name"] for one in objects("Service")}
    asked: dict[str, set[str]] = {}
    for one in objects("StatefulSet"):
        spec, disks = (
            one["spec"]["template"]["spec"],
            [disk["metadata"]["name"] for disk in one["spec"]["volumeClaimTemplates"]],
        )
        assert one["spec"]["serviceName"] in services
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        mounts = [mount for container in containers(one["spec"]["template"]) for mount in container["volumeMounts"]]
        assert {mount["name"] for mount in mounts} == {*volumes, *disks}
        data = configurations[volumes["configuration"]["configMap"]["name"]]
        assert {mount["subPath"] for mount in mounts if "subPath" in mount} <= data.keys()
        assert "nginx.conf" in data
        asked.setdefault(volumes["tls"]["secret"]["secretName"], set()).update(("tls.crt", "tls.key"))
        for container in containers(one["spec"]["template"]):
            for variable in container.get("env", []):
                if secret := variable.get("valueFrom", {}).get("secretKeyRef"):
                    asked.setdefault(secret["name"], set()).add(secret["key"])
            for whole in container.get("envFrom", []):
                asked.setdefault(whole["secretRef"]["name"], set())
    assert {name: tuple(sorted(keys)) for name, keys in asked.items()} == SECRETS


def test_ports_are_those_of_the_proxy() -> None:
    for _, template in pods():
        (front,) = template["spec"]["containers"]
        (port,) = front["ports"]
        assert f"listen {port['containerPort']} ssl" in proxy.configured(1, ["a"], keep=False, reading=1)
        assert [one.get("ports") for one in template["spec"]["initContainers"]] == [None]
        assert {front["readinessProbe"]["httpGet"]["port"], front["livenessProbe"]["tcpSocket"]["port"]} == {port["name"]}
        for one in objects("Service"):
            assert [each["targetPort"] for each in one["spec"]["ports"]] == [port["name"]]
        for one in objects("NetworkPolicy"):
            assert [each["port"] for each in one["spec"]["ingress"][0]["ports"]] == [port["name"]]
    ports = {one["metadata"]["name"]: one["spec"]["ports"][0]["port"] for one in objects("Service")}
    assert ports == {"lamplighter": 443, "lamplighter-prod": 7083, "lamplighter-prod-pods": 7083}


def test_every_container_is_closed() -> None:
    for name, template in pods():
        spec = template["spec"]
        own = spec["securityContext"]
        assert (own["runAsNonRoot"], own["seccompProfile"]["type"]) == (True, "RuntimeDefault"), name
        assert own["runAsUser"] == own["fsGroup"] != 0
        # Variables of a service that is called `lamp` would be taken for the configuration.
        assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}


def test_the_proxy_ends_first_and_everybody_has_time() -> None:
    for name, template in pods():
        assert [one["restartPolicy"] for one in template["spec"]["initContainers"]] == ["Always"]
        (front,) = template["spec"]["containers"]
        assert front["name"] == "proxy"
        behind = Target.end_seconds + machine.ENDING if name == "lamplighter-prod" else 12.0
        took = proxy.LEARNING + proxy.FINISHING + behind
        assert template["spec"]["terminationGracePeriodSeconds"] > took


def test_the_control_plane_reads_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(objects("ConfigMap")[0]["data"]["config.toml"])
    settings = read_settings({}, home=str(tmp_path))
    assert (settings.opened_at, settings.host) == ("https://lamp.example.com", "127.0.0.1")
    assert [msgspec.to_builtins(one) for one in settings.environments] == [msgspec.to_builtins(PROD)]
    local.check(settings)


def test_machines_are_known_by_every_name_that_callers_use() -> None:
    (container,) = dict(pods())["lamplighter-prod"]["spec"]["initContainers"]
    command = container["command"]
    known = [command[place + 1] for place, word in enumerate(command) if word == "--known-as"]
    inside = "lamplighter-prod.$(NAMESPACE).svc"
    assert known == ["predictions.example.com", "lamplighter-prod", inside, f"{inside}.cluster.local"]
    assert {"POD_NAME", "NAMESPACE"} <= {one["name"] for one in container["env"]}


WRONG = (
    "http://lamp.example.com", "https://127.0.0.1:7070", "https://a;b", "https://localhost", "https://a.example.com/lamp",
    "https://me@a.example.com", "https://a.example.com:70000", "https://a.example.com:0", "",
)  # fmt: skip


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_no_cluster_could_give_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        files(Estate(url=url, environments=()))
    assert refusal.value.code == "E1505"


@pytest.mark.parametrize(
    "change", [{"tls": False}, {"host": "127.0.0.1"}, {"host": "a; return 200"}, {"host": "A"}, {"name": "a" * 41}]
)
def test_an_environment_that_nobody_could_reach_is_refused(change: dict[str, Any]) -> None:
    place = msgspec.structs.replace(PROD, **change)
    with pytest.raises(Invalid) as refusal:
        files(Estate(url=ESTATE.url, environments=(place,)))
    assert refusal.value.code == "E1506"
    assert files(Estate(url=ESTATE.url, environments=(msgspec.structs.replace(PROD, name="a" * 40),)))


def test_the_command_writes_them(tmp_path: Path) -> None:
    settings = home(tmp_path / "home")
    local.start(settings, wait=60.0)
    try:
        url, token = settings.url, local_token(settings)
        add = ["env", "add", "prod", "--level", "production", "--port", "7083", "--target", "nodes", "--tls", "--workers", "2"]
        assert (
            "https://predictions.example.com:7083"
            in lamp(*add, "--host", "predictions.example.com", LAMP_URL=url, LAMP_TOKEN=token).out
        )
        refused = lamp("export", "kubernetes", "--out", str(tmp_path / "made"), LAMP_URL=url, LAMP_TOKEN=token)
        assert "E1505" in refused.err
        words = ["--out", str(tmp_path / "made"), "--address", "https://lamp.example.com"]
        assert lamp("export", "kubernetes", *words, LAMP_URL=url, LAMP_TOKEN=token).code == 0
    finally:
        local.stop(settings)
    assert {one.name: one.read_text() for one in (tmp_path / "made").iterdir()} == made()


def test_every_file_says_what_it_is_for() -> None:
    assert all(isinstance(one, File) and one.use for one in files(ESTATE))
