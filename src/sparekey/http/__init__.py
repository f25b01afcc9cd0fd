"""HTTP without a word of the product: the application, strict bodies, problems, idempotency, logs.

Names are imported on first use: the worker takes the log from here and must not pay for Litestar.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sparekey.http.addressed import is_addressed_to
    from sparekey.http.answers import Answer
    from sparekey.http.app import Application, application, server_options
    from sparekey.http.body import Body, NoFields, decode, read_body, read_json
    from sparekey.http.health import Check, database_reachable
    from sparekey.http.idempotency import (
        IdempotencyClaim,
        begin,
        idempotency_claim,
        keep_answer,
        replayed,
        sweep,
        unreplayable,
        withhold_answer,
    )
    from sparekey.http.keyset import Page, page, read_cursor, read_size, write_cursor
    from sparekey.http.limits import Quota, rate_limit_headers, too_many
    from sparekey.http.logs import configure_logs, redact
    from sparekey.http.loopback import require_loopback
    from sparekey.http.network import ClientNetwork, client_network, read_ip
    from sparekey.http.openapi import describe
    from sparekey.http.requests import (
        Context,
        Request,
        add_headers,
        client,
        context,
        header,
        set_cookie,
    )
    from sparekey.http.security_headers import page_headers
    from sparekey.http.serving import Server, ended_with_server

__all__ = [
    "Answer",
    "Application",
    "Body",
    "Check",
    "ClientNetwork",
    "Context",
    "IdempotencyClaim",
    "NoFields",
    "Page",
    "Quota",
    "Request",
    "Server",
    "add_headers",
    "application",
    "begin",
    "client",
    "client_network",
    "configure_logs",
    "context",
    "database_reachable",
    "decode",
    "describe",
    "ended_with_server",
    "header",
    "idempotency_claim",
    "is_addressed_to",
    "keep_answer",
    "page",
    "page_headers",
    "rate_limit_headers",
    "read_body",
    "read_cursor",
    "read_ip",
    "read_json",
    "read_size",
    "redact",
    "replayed",
    "require_loopback",
    "server_options",
    "set_cookie",
    "sweep",
    "too_many",
    "unreplayable",
    "withhold_answer",
    "write_cursor",
]

_HOMES = {
    "addressed": ("is_addressed_to",),
    "answers": ("Answer",),
    "app": ("Application", "application", "server_options"),
    "body": ("Body", "NoFields", "decode", "read_body", "read_json"),
    "health": ("Check", "database_reachable"),
    "idempotency": (
        "IdempotencyClaim",
        "begin",
        "idempotency_claim",
        "keep_answer",
        "replayed",
        "sweep",
        "unreplayable",
        "withhold_answer",
    ),
    "keyset": ("Page", "page", "read_cursor", "read_size", "write_cursor"),
    "limits": ("Quota", "rate_limit_headers", "too_many"),
    "logs": ("configure_logs", "redact"),
    "loopback": ("require_loopback",),
    "network": ("ClientNetwork", "client_network", "read_ip"),
    "openapi": ("describe",),
    "security_headers": ("page_headers",),
    "serving": ("Server", "ended_with_server"),
    "requests": (
        "Context",
        "Request",
        "add_headers",
        "client",
        "context",
        "header",
        "set_cookie",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"sparekey.http has no {name}")
    value = getattr(import_module(f"sparekey.http.{_HOME[name]}"), name)
    globals()[name] = value
    return value
