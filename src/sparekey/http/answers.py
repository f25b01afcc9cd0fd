"""What a handler returned, as an answer: JSON without the detours that a hot route would pay for.

Litestar's own response objects cost about as much as authenticating and reading the body together.
A handler that needs cookies or a page of its own still returns a Litestar `Response`.
"""

from typing import Any

import msgspec
from litestar import Response

_JSON = b"application/json"


class Answer(Response[Any]):
    """The response class of the application: a value and its status."""

    def __init__(self, content: Any, *, status_code: int, media_type: str, **_: Any) -> None:
        self.content = content
        self.status_code = status_code
        self.media_type = media_type

    def to_asgi_response(self, app: Any, request: Any, **around: Any) -> Any:
        """The two ASGI messages of this answer."""
        del app  # a part of Litestar's contract that is always None
        body, kind = self._encoded()
        given: dict[str, str] = around.get("headers") or {}
        headers = [(name.lower().encode(), value.encode()) for name, value in given.items()]
        if self.status_code != 204:
            headers += [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        start = {"type": "http.response.start", "status": self.status_code, "headers": headers}
        sent = b"" if request.scope["method"] == "HEAD" else body

        async def send_both(scope: Any, receive: Any, send: Any) -> None:
            del scope, receive  # handed over by name
            await send(start)
            await send({"type": "http.response.body", "body": sent, "more_body": False})

        return send_both

    def _encoded(self) -> tuple[bytes, bytes]:
        if self.status_code == 204:
            return b"", b""
        if isinstance(self.content, str):
            return self.content.encode(), f"{self.media_type}; charset=utf-8".encode()
        if isinstance(self.content, bytes):
            return self.content, str(self.media_type).encode()
        return msgspec.json.encode(self.content), _JSON
