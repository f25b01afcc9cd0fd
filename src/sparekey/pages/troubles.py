"""Whatever goes wrong behind a page is said on a page: what happened, and who helps."""

import math
from datetime import datetime, timedelta
from typing import Any

import structlog
from litestar.exceptions import HTTPException

from sparekey import http
from sparekey.db import is_passing
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem
from sparekey.pages.answering import Pages
from sparekey.pages.visits import seen_lately

_PAGES = Pages()

log = structlog.stdlib.get_logger("sparekey.pages")


def _on_problem(request: Request, problem: Problem) -> Answer:
    http.add_headers(request, problem.headers)
    match problem.status:
        case 429:
            until = _until(request, problem)
            return _show(request, "wait", 429, until=until, next_url=None)
        case 403 | 404 | 410:
            return _show(request, {403: "foreign"}.get(problem.status, "missing"), problem.status)
        case 503:
            return _show(request, "unavailable", 503)
        case status:
            return _show(request, "unusable", status)


def _on_framework(request: Request, error: HTTPException) -> Answer:
    if error.status_code >= 500:
        return _on_failure(request, error)
    for name, value in (error.headers or {}).items():
        if name.lower() == "allow":
            http.add_headers(request, {"Allow": value})
    name = "missing" if error.status_code in (404, 405) else "unusable"
    return _show(request, name, error.status_code)


def _on_failure(request: Request, error: Exception) -> Answer:
    log.error("page_failed", exc_info=error)
    if is_passing(error):
        http.add_headers(request, {"Retry-After": "5"})
        return _show(request, "unavailable", 503)
    return _show(request, "failed", 500)


def _show(request: Request, name: str, status: int, **values: Any) -> Answer:
    return _PAGES.show(request, seen_lately(request), name, status=status, **values)


def _until(request: Request, problem: Problem) -> datetime:
    seconds = int(problem.headers.get("Retry-After", "60"))
    return _next_minute(http.context(request).clock() + timedelta(seconds=seconds))


def _next_minute(at: datetime) -> datetime:
    """People are told minutes, and none too early."""
    return at + timedelta(minutes=math.ceil(at.second / 60), seconds=-at.second)


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: _on_problem,
    HTTPException: _on_framework,
    Exception: _on_failure,
}
