"""What clients ask about the server itself."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lamplighter.api.guard import Guarded, Public, guarded
from lamplighter.api.mlflow.calls import answered
from lamplighter.api.mlflow.errors import not_offered, refusal
from lamplighter.domain.identity import Permission

#: The release of MLflow whose interface is spoken.
RELEASE = "3.17.2"
#: Below these everything that is not offered is answered as such.
_PREFIXES = ("/api/2.0/mlflow", "/api/2.0/mlflow-artifacts", "/api/3.0/mlflow", "/api/4.0/mlflow")


def server_routes() -> list[Guarded]:
    """Probes and features."""
    return [
        guarded("GET", "/health", _health, Public.PROBE),
        guarded("GET", "/version", _version, Permission.READ, refusal),
        guarded("GET", "/api/3.0/mlflow/server-info", _info, Permission.READ, refusal),
    ]


def other_routes() -> list[Guarded]:
    """Everything else that MLflow's own server has; these come last."""
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return [
        guarded(method, f"{prefix}/{{rest:path}}", not_offered, Permission.READ, refusal)
        for prefix in _PREFIXES
        for method in methods
    ]


def _health(_: Request) -> Response:
    return PlainTextResponse("OK")


def _version(_: Request) -> Response:
    return PlainTextResponse(RELEASE)


def _info(_: Request) -> Response:
    return answered(
        {
            "store_type": "SqlStore",
            "workspaces_enabled": False,
            "trace_archival_enabled": False,
            "multipart_uploads_enabled": False,
            "multipart_downloads_enabled": False,
            "presigned_upload_run_id_supported": False,
            "presigned_upload_model_id_supported": False,
            "features_enabled": {"gateway": False},
        }
    )
