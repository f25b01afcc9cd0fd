"""Failures that a loop outlives: told in the log with their place, counted, and gone on from."""

from typing import Any

import structlog
from prometheus_client import Counter

_log = structlog.get_logger()
_outlived = Counter(
    "sparekey_outlived", "Failures that a loop went on after, by what the log calls them", ["event"]
)


def outlive(event: str, error: BaseException, **more: Any) -> None:
    """Log the class and place of an error, never its text, which may quote a row of somebody's
    data; and count it."""
    _outlived.labels(event).inc()
    _log.warning(event, error=type(error).__name__, where=place(error), **more)


def place(error: BaseException) -> str:
    """The innermost line that the error passed through."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
