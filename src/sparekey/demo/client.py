"""HTTP as small as the play needs it: one request to this machine, one answer, the time it took."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from typing import Any

from sparekey.kit.secret import Secret

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `asked_at` is when the request went out, on `time.perf_counter`."""

    status: int
    headers: Message
    text: str
    asked_at: float
    seconds: float

    @property
    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.text) if self.text else None

    @property
    def location(self) -> str:
        """Where it leads; empty when it leads nowhere."""
        return self.headers.get("location", "")

    @property
    def cookies(self) -> str:
        """The cookies it sets, as a browser sends them back."""
        return "; ".join(
            cookie.partition(";")[0] for cookie in self.headers.get_all("set-cookie", [])
        )


class Client:
    """Sends requests to a port of this machine, each over a connection of its own."""

    def __init__(self, port: int, api_key: Secret[str]) -> None:
        self._port = port
        self._api_key = api_key
        self.requests = 0
        self.last_seconds = 0.0

    async def call(self, method: str, path: str, body: object = None) -> Answer:
        """A request of Acme's own server, with its key."""
        headers = {
            "Authorization": f"Bearer {self._api_key.reveal()}",
            "Content-Type": "application/json",
        }
        content = b"" if body is None else json.dumps(body).encode()
        return await self.send(method, path, headers=headers, content=content)

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str], content: bytes = b""
    ) -> Answer:
        """A request of anybody; OSError or TimeoutError when nobody answers."""
        lines = {
            "Host": f"127.0.0.1:{self._port}",
            "Connection": "close",
            "Content-Length": str(len(content)),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content
        asked_at = time.perf_counter()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            raw = await self._exchange(request)
        self.requests += 1
        self.last_seconds = time.perf_counter() - asked_at
        return _read(raw, asked_at, self.last_seconds)

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()


def _read(raw: bytes, asked_at: float, seconds: float) -> Answer:
    head, _, content = raw.partition(b"\r\n\r\n")
    status, _, headers = head.partition(b"\r\n")
    words = status.split()
    if len(words) < 2:
        raise ConnectionError("the server closed the connection without an answer")
    parsed = BytesParser().parsebytes(headers + b"\r\n\r\n")
    return Answer(int(words[1]), parsed, content.decode(), asked_at, seconds)
