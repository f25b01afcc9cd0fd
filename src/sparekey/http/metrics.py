"""Counts and times of requests by route template, for Prometheus; cheap enough for hot routes.

A label is never taken from input: routes are templates, methods and statuses are closed lists.
"""

from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

_REQUESTS = Counter(
    "sparekey_http_requests",
    "Requests answered, by method, route template and status.",
    ("method", "route", "status"),
)
_SECONDS = Histogram(
    "sparekey_http_request_seconds",
    "Time from the request's head to the end of its answer, by route template.",
    ("method", "route"),
    buckets=(0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
#: A number that is looked up when somebody asks, in the database above all.
Count = Callable[[], Awaitable[int]]
_GAUGES = {
    "waiting_for_a_person": "What cannot go on by itself, by kind.",
    "overdue_seconds": "How long the first of a queue has waited to be begun, by queue.",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Record one answered request."""
    key = (method, route, status)
    pair = _children.get(key)
    if pair is None:
        method = method if method in _METHODS else "other"
        pair = _REQUESTS.labels(method, route, str(status)), _SECONDS.labels(method, route)
        if method != "other":
            _children[key] = pair
    pair[0].inc()
    pair[1].observe(seconds)


def exposition(asked: Mapping[str, Mapping[str, int]]) -> bytes:
    """Everything that any package of this process counts, in Prometheus' text format, and what was
    asked of the database, by its kind: the same in every process."""
    told = CollectorRegistry()
    for name, numbers in asked.items():
        gauge = Gauge(f"sparekey_{name}", _GAUGES[name], ("kind",), registry=told)
        for kind, number in numbers.items():
            gauge.labels(kind).set(number)
    return generate_latest(REGISTRY) + generate_latest(told)
