"""A logged model: files that a run made, before anybody registers them."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.record import Record
from lamplighter.domain.tracking.experiment import Stage


class ModelStatus(StrEnum):
    """How far its files are, as its client says."""

    #: Nothing was said yet.
    UNSPECIFIED = "LOGGED_MODEL_STATUS_UNSPECIFIED"
    #: Files are coming.
    PENDING = "LOGGED_MODEL_PENDING"
    #: All files are there.
    READY = "LOGGED_MODEL_READY"
    #: Files did not come.
    FAILED = "LOGGED_MODEL_UPLOAD_FAILED"


class LoggedModel(Record, frozen=True):
    """One logged model."""

    #: `m-` and 32 hexadecimal digits.
    id: str
    experiment: str
    #: The run that made it; empty if none did.
    run: str
    name: str
    status: ModelStatus
    stage: Stage
    created_at: int
    updated_at: int
    author: str
    kind: str = ""
    params: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
