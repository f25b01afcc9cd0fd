"""Every refusal and failure leaves as an RFC 9457 problem: stable code, no stack, no echo of input.

`instance` is the request id, the same as in `X-Request-Id` and in the log.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from sparekey.db import is_passing
from sparekey.http.requests import request_id
from sparekey.kit.problem import Problem

MEDIA_TYPE = "application/problem+json"

_FRAMEWORK: Mapping[int, tuple[str, str]] = {
    400: (
        "request.malformed",
        "The request is not well formed; compare it with the API reference.",
    ),
    404: ("request.not_found", "Nothing is at this address; compare it with the API reference."),
    405: ("request.method_not_allowed", "This address takes another method; `Allow` names it."),
    413: ("request.too_large", "The body may have 64 KiB at most."),
    415: ("request.unsupported_media_type", "Send the body as application/json in UTF-8."),
}
_FAILED = ("server.failed", 500, "Sparekey failed; the log has the cause under this instance.")
_UNAVAILABLE = (
    "server.unavailable",
    503,
    "Not available for a moment; send it again, with the same Idempotency-Key if it had one.",
)
_FIELD = re.compile(r"[A-Za-z_][A-Za-z_.]{0,63}")

log = structlog.stdlib.get_logger("sparekey.http")


def document(
    code: str, status: int, detail: str, *, instance: str, extra: Mapping[str, object] | None = None
) -> bytes:
    """The problem as JSON; `extra` may replace `type` for types registered elsewhere."""
    body: dict[str, object] = {
        "type": f"urn:sparekey:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": f"urn:uuid:{instance}",
    }
    body.update(extra or {})
    return msgspec.json.encode(body)


def answer(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """The response that carries `problem`."""
    body = document(
        problem.code,
        problem.status,
        problem.detail,
        instance=request_id(request.scope),
        extra=problem.extra,
    )
    return Response(
        body, media_type=MEDIA_TYPE, status_code=problem.status, headers=problem.headers
    )


def _on_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals, in our words: its sentences repeat what was sent."""
    if error.status_code >= 500:
        return _on_failure(request, error)
    code, detail = _FRAMEWORK.get(error.status_code, _FRAMEWORK[400])
    extra = {"fields": fields} if (fields := _named_fields(error.extra)) else None
    headers = _allow(error.headers or {})
    return answer(request, Problem(code, error.status_code, detail, headers=headers, extra=extra))


def _allow(headers: Mapping[str, str]) -> dict[str, str]:
    """What a 405 must name; Litestar counts an OPTIONS of its own, which we do not answer."""
    listed = next((value for key, value in headers.items() if key.lower() == "allow"), None)
    if listed is None:
        return {}
    methods = [method for method in listed.split(", ") if method != "OPTIONS"]
    return {"Allow": ", ".join(methods)}


def _named_fields(extra: Any) -> list[str]:
    """The names of wrong parameters, when they look like names and not like values."""
    entries = cast("list[dict[str, Any]]", extra) if isinstance(extra, list) else []
    keys = [str(entry.get("key", "")) for entry in entries]
    return [key for key in keys if _FIELD.fullmatch(key)]


def _on_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.error("request_failed", exc_info=error)
    if is_passing(error):
        return answer(request, Problem(*_UNAVAILABLE, headers={"Retry-After": "1"}))
    return answer(request, Problem(*_FAILED))


def of(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to whatever a door raised."""
    if isinstance(error, Problem):
        return answer(request, error)
    if isinstance(error, HTTPException):
        return _on_framework(request, error)
    return _on_failure(request, error)


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: answer,
    HTTPException: _on_framework,
    Exception: _on_failure,
}
