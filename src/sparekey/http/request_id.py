"""Request ids: UUIDv7 of our own making, known to every log line of the request."""

import secrets
import time
from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("sparekey_request_id", default="")


def new_request_id() -> str:
    """A UUIDv7 as text (RFC 9562, 5.7). It names a request in logs and answers, nothing else."""
    noise = int.from_bytes(secrets.token_bytes(10), "big")
    value = time.time_ns() // 1_000_000 << 80
    value |= 0x7 << 76 | (noise >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | noise & (1 << 62) - 1
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
