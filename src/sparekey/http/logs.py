"""Logs as JSON lines that cannot hold a secret by accident and cannot be forged by input.

Whatever is logged passes one door: names that carry secrets are dropped, a `Secret` shows as dots,
bytes show as their length, an exception shows where it happened and of what type, never its words
(they quote values), and JSON escapes every line break. Lines of libraries pass the same door.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import Processor

from sparekey.http.request_id import REQUEST_ID
from sparekey.kit.secret import Secret

_SECRET_NAMES = (
    "code",
    "token",
    "password",
    "grant",
    "authorization",
    "secret",
    "cookie",
    "handle",
)
_HARMLESS_NAMES = frozenset({"problem_code", "sqlstate", "status_code", "country_code"})

#: These log whole addresses with their queries at the info level.
_TALKATIVE = ("httpx", "httpcore")

Event = MutableMapping[str, Any]


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the log of this process, and of the libraries in it, to `stream` (standard error)."""
    target = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            *_shared(),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, _first_line, *_shared()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))


def _shared() -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request_id,
        _without_the_words_of_exceptions,
        redact,
    ]


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """The processor that keeps secrets out; usable on its own where events are written down."""
    for name in list(event):
        if _names_a_secret(name):
            del event[name]
        else:
            event[name] = _shown(event[name])
    return event


def _names_a_secret(name: str) -> bool:
    lowered = name.lower()
    return lowered not in _HARMLESS_NAMES and any(word in lowered for word in _SECRET_NAMES)


def _shown(value: Any) -> Any:
    if isinstance(value, Secret):
        return str(cast("Secret[object]", value))
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value)
        return {
            str(name): _shown(inner)
            for name, inner in entries.items()
            if not _names_a_secret(str(name))
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(inner) for inner in cast("list[object]", value)]
    return value if isinstance(value, str | int | float | None) else str(value)


def _add_request_id(_logger: Any, _method: str, event: Event) -> Event:
    if request_id := REQUEST_ID.get():
        event["request_id"] = request_id
    return event


def _first_line(_logger: Any, _method: str, event: Event) -> Event:
    """A library's further lines quote objects (asyncio prints whole exceptions there)."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def _without_the_words_of_exceptions(_logger: Any, _method: str, event: Event) -> Event:
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(given, BaseException):
        event["exception"] = describe(given)
    elif isinstance(given, tuple):
        found = cast("tuple[object, object, TracebackType | None]", given)[1]
        if isinstance(found, BaseException):
            event["exception"] = describe(found)
    elif given and (current := sys.exc_info()[1]) is not None:
        event["exception"] = describe(current)
    return event


def describe(error: BaseException) -> list[dict[str, Any]]:
    """Where an exception and its causes happened, and their types: enough to find the line."""
    described: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(described) < 5:
        one: dict[str, Any] = {"type": f"{type(seen).__module__}.{type(seen).__qualname__}"}
        for name in ("sqlstate", "constraint_name", "table_name"):
            if known := getattr(seen, name, None):
                one[name] = str(known)
        frames = traceback.extract_tb(seen.__traceback__)[-12:]
        one["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        described.append(one)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return described
