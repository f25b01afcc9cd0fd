"""Tells a caller its own limits: the RateLimit fields and the problem that goes with a refusal.

The fields follow draft-ietf-httpapi-ratelimit-headers, which may still change: nothing else in
the code knows their form. They describe only what the caller can see anyway (its key, its
network), never the state of an account or an address.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from sparekey.kit.problem import Problem

_QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


@dataclass(frozen=True, slots=True)
class Quota:
    """`remaining` of `limit` per `window`, full again or usable again after `reset`."""

    name: str
    limit: int
    window: timedelta
    remaining: int
    reset: timedelta


def rate_limit_headers(quota: Quota) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` for one quota."""
    window = int(quota.window.total_seconds())
    return {
        "RateLimit-Policy": f'"{quota.name}";q={quota.limit};w={window}',
        "RateLimit": f'"{quota.name}";r={max(quota.remaining, 0)};t={_seconds(quota.reset)}',
    }


def too_many(quota: Quota, *, code: str = "request.too_many") -> Problem:
    """The 429 for an exhausted quota; `Retry-After` is never earlier than the quota's reset."""
    wait = max(_seconds(quota.reset), 1)
    return Problem(
        code,
        429,
        f"Too many requests for now; send again after {wait} s.",
        headers={**rate_limit_headers(quota), "Retry-After": str(wait)},
        extra={"type": _QUOTA_EXCEEDED, "violated-policies": [quota.name]},
    )


def _seconds(span: timedelta) -> int:
    return max(math.ceil(span.total_seconds()), 0)
