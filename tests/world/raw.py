"""HTTP as an attacker writes it: raw bytes, and many requests that arrive in the same moment."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

#: The status of a request that was not even answered.
HUNG_UP = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, headers in lower case, the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


def request(
    path: str,
    body: object = None,
    *,
    method: str = "POST",
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One whole HTTP/1.1 request; a body of bytes goes as it is, anything else as JSON."""
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1"]
    names = {name.lower() for name, _ in headers}
    for name, value in (
        ("Host", "sparekey"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(sent))),
        ("Connection", "close"),
    ):
        if name.lower() not in names:
            lines.append(f"{name}: {value}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + sent


async def send(port: int, content: bytes) -> Answer:
    """Send bytes to a server on this machine and read its answer, which may come early."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    return await _read(reader, writer)


async def at_once(ports: Sequence[int], contents: Sequence[bytes]) -> list[Answer]:
    """Send requests so that they arrive together, over the servers in turn.

    Everything but the last byte is sent first; the last bytes follow without a pause between.
    """
    where = cycle(ports)
    opened = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", next(where)) for _ in contents)
    )
    for (_, writer), content in zip(opened, contents, strict=True):
        writer.write(content[:-1])
    await asyncio.gather(*(writer.drain() for _, writer in opened))
    for (_, writer), content in zip(opened, contents, strict=True):
        writer.write(content[-1:])
    return await asyncio.gather(*(_read(reader, writer) for reader, writer in opened))


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
    whole = b""
    try:
        async with asyncio.timeout(60):
            while part := await reader.read(65_536):
                whole += part
    except ConnectionResetError:
        pass  # a server that refuses what is still being sent hangs up; it may have answered
    finally:
        writer.close()
    if not whole:
        return Answer(HUNG_UP, {}, b"")
    head, _, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split(" ")[1]), headers, body)
