"""KServe: a runtime of our own, and the one version that an InferenceService serves by it.

Objects are those of KServe 0.21, https://kserve.github.io/website. KServe puts the arguments of a service behind those of its
runtime, brings what a storage address names to /mnt/models, and calls port 8080.
"""

from lamplighter.cluster.image import IMAGE, TAG
from lamplighter.cluster.manifest import NAME, Manifest, closed, manifest, resources
from lamplighter.domain.pinned import Pinned
from lamplighter.domain.record import canonical

#: What the runtime calls the form of our files.
FORMAT = NAME
#: Where KServe puts the files of a version, and the port that it calls.
MODELS, PORT = "/mnt/models", 8080
#: Where the pinned version, the tokens of callers and everything that is written lie in the container.
_PINNED, _CALLERS, _HOME = "/etc/lamplighter/pinned", "/etc/lamplighter/callers", "/var/lib/lamplighter"
_FILE = "pinned.json"
#: Name that KServe has for the container that answers.
_CONTAINER = "kserve-container"
_GROUP = "serving.kserve.io"
_ENDING = 45


def runtime(image: str = "") -> Manifest:
    """The runtime, once for a namespace; without an image of somebody's own it names the one of the Dockerfile."""
    container = {
        "name": _CONTAINER,
        "image": image or f"{IMAGE}:{TAG}",
        "command": ["lamp", "serve", f"{_PINNED}/{_FILE}"],
        "args": ["--callers", _CALLERS, "--host", "0.0.0.0", "--port", str(PORT), "--insecure-plain-http"],  # noqa: S104  of a pod
        "ports": [{"name": "http1", "containerPort": PORT, "protocol": "TCP"}],
        "securityContext": closed() | {"runAsNonRoot": True},
    }
    return manifest(
        "ServingRuntime",
        f"{_GROUP}/v1alpha1",
        NAME,
        spec={
            "supportedModelFormats": [{"name": FORMAT, "version": "1", "autoSelect": False}],
            "protocolVersions": ["v1", "v2"],
            "containers": [container],
        },
    )


def service(pinned: Pinned, storage: str, url: str, host: str) -> list[Manifest]:
    """What a version is pinned by, and the service. Its files come from `storage`, or from the platform at `url`."""
    model = pinned.route.models[0].model
    called = f"{NAME}-{model}"
    written = {_FILE: canonical(pinned).decode()}
    predictor = {
        "automountServiceAccountToken": False,
        "minReplicas": 1,
        "maxReplicas": 1,
        "terminationGracePeriodSeconds": _ENDING,
        "model": _model(model, called, storage, url, host),
        "volumes": [
            {"name": "pinned", "configMap": {"name": called}},
            {"name": "callers", "secret": {"secretName": f"{called}-callers"}},
            {"name": "home", "emptyDir": {"sizeLimit": "4Gi"}},
            {"name": "temporary", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    }
    configuration = manifest("ConfigMap", "v1", called, data=written)
    inference = manifest("InferenceService", f"{_GROUP}/v1beta1", model, spec={"predictor": predictor})
    inference["metadata"]["annotations"] = {
        f"{_GROUP}/deploymentMode": "Standard",
        f"{NAME}/version": pinned.version,
        f"{NAME}/digest": pinned.digest,
    }
    return [configuration, inference]


def _model(model: str, called: str, storage: str, url: str, host: str) -> Manifest:
    inside = f"{model}-predictor"
    spaced = f"{inside}.$(NAMESPACE)"
    names = [*([host] if host else []), model, inside, spaced, f"{spaced}.svc", f"{spaced}.svc.cluster.local"]
    asked = {"httpGet": {"path": "/v2/health/ready", "port": PORT, "httpHeaders": [{"name": "Host", "value": model}]}}
    token = {"name": "LAMP_TOKEN", "valueFrom": {"secretKeyRef": {"name": f"{called}-token", "key": "token"}}}
    return {
        "name": _CONTAINER,
        "modelFormat": {"name": FORMAT, "version": "1"},
        "runtime": NAME,
        "protocolVersion": "v2",
        **({"storageUri": storage} if storage else {}),
        "args": [*(["--models", MODELS] if storage else []), *(part for name in names for part in ("--known-as", name))],
        "env": [
            {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "LAMP_HOME", "value": _HOME},
            {"name": "HOME", "value": _HOME},
            *([] if storage else [{"name": "LAMP_URL", "value": url}, token]),
        ],
        "resources": resources("500m", "512Mi"),
        "startupProbe": {**asked, "periodSeconds": 2, "failureThreshold": 150},
        "readinessProbe": {**asked, "periodSeconds": 2, "timeoutSeconds": 3, "failureThreshold": 2},
        "volumeMounts": [
            {"name": "pinned", "mountPath": _PINNED, "readOnly": True},
            {"name": "callers", "mountPath": _CALLERS, "readOnly": True},
            {"name": "home", "mountPath": _HOME},
            {"name": "temporary", "mountPath": "/tmp"},  # noqa: S108  a disk of the pod's own
        ],
    }
