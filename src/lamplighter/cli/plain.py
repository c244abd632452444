"""Records as JSON: the fields by name but for those that are not set, enumerations as words, instants as RFC 3339 in UTC."""

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec

from lamplighter.domain.instant import rfc3339

#: Fields of records that hold an instant, microseconds since the epoch; 0 means that there is none.
INSTANTS = frozenset(
    [
        "at",
        "since",
        "start",
        "end",
        "opened_at",
        "moved_at",
        "decided_at",
        "created_at",
        "live_since",
        "requested_at",
        "expires_at",
        "newest",
        "arrived_at",
        "snoozed_until",
        "clock_at",
        "found_at",
        "until",
        "due_at",
        "lapsed_at",
        "settled_at",
        "answered_at",
        "reminded_at",
        "closed_at",
        "added_at",
        "next_at",
        "fired_at",
        "free_at",
        "changed_at",
        "lifted_at",
    ]
)


def plain(value: Any) -> Any:
    """The value as mappings, lists, texts, numbers, truth values and nothing."""
    if isinstance(value, msgspec.Struct):
        return _record(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(held) for held in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.value if isinstance(value, Enum) else value


def _record(record: msgspec.Struct) -> dict[str, Any]:
    settings = record.__struct_config__
    found: dict[str, Any] = {settings.tag_field: settings.tag} if settings.tag_field and settings.tag is not None else {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if value is msgspec.UNSET:
            continue
        found[name] = (rfc3339(value) if value else None) if name in INSTANTS and isinstance(value, int) else plain(value)
    return found


def printed(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
