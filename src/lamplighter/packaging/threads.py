"""Native thread pools, kept to one thread: small calls on a busy machine wait longer for threads than they take."""

import contextlib
import importlib
import importlib.util
from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """One thread for each native pool in the block; changes nothing where threadpoolctl is not installed."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return contextlib.nullcontext()
    limits: AbstractContextManager[object] = importlib.import_module("threadpoolctl").threadpool_limits(1)
    return limits
