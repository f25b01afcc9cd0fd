"""Cursors, limits, logs and page headers."""

import io
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from sparekey import http
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from tests.http.doors import MARKER
from tests.world.basics import logs_left_alone

IDS = [UUID(int=number) for number in range(1, 6)]


def test_a_list_is_walked_page_by_page_to_its_end():
    seen: list[int] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        start = http.read_cursor(after)
        rows = [one for one in IDS if start is None or one > start][:3]
        page = http.page(rows, 2, show=lambda one: one.int, id_of=lambda one: one)
        seen, after, pages = seen + page.data, page.next, pages + 1

    assert seen == [1, 2, 3, 4, 5]
    assert pages == 3


@pytest.mark.parametrize("text", ["", "x", "a" * 23, "?" * 22, "AAAAAAAAAAAAAAAAAAAAAB", "ключ"])
def test_what_is_no_cursor_is_refused(text: str):
    with pytest.raises(Problem) as caught:
        http.read_cursor(text)

    assert caught.value.extra == {"field": "after"}


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "ten", "", "1000", "٣"])
def test_a_page_size_is_a_number_from_1_to_100(text: str):
    assert (http.read_size(None), http.read_size("100")) == (20, 100)
    with pytest.raises(Problem):
        http.read_size(text)


def test_a_refused_caller_learns_its_quota_and_when_to_come_back():
    quota = http.Quota("key", 600, timedelta(minutes=1), 0, timedelta(seconds=7.2))

    problem = http.too_many(quota)

    assert problem.status == 429
    assert problem.headers == {
        "RateLimit-Policy": '"key";q=600;w=60',
        "RateLimit": '"key";r=0;t=8',
        "Retry-After": "8",
    }
    assert problem.extra["violated-policies"] == ["key"]


def test_a_page_is_not_framed_stored_or_told_onward():
    headers = http.page_headers()

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def logged(**words: Any) -> dict[str, Any]:
    """One line as it is written."""
    log = io.StringIO()
    http.configure_logs("info", log)
    structlog.stdlib.get_logger("test").info("happened", **words)
    (line,) = log.getvalue().splitlines()
    return json.loads(line)


def test_names_that_carry_secrets_are_not_logged():
    line = logged(
        code=MARKER,
        link_token=MARKER,
        password=MARKER,
        Authorization=MARKER,
        inner={"grant": MARKER, "list": [{"code": MARKER}]},
        wrapped=Secret(MARKER),
        deep=[Secret(MARKER)],
        raw=MARKER.encode(),
    )

    assert MARKER not in json.dumps(line)
    assert line["wrapped"] == "••••••"
    assert line["raw"] == "<8 bytes>"


def test_a_line_break_in_a_value_makes_no_second_line():
    line = logged(user_agent='x\r\n{"event": "forged"}\u2028')

    assert line["event"] == "happened"


def test_the_words_of_an_exception_are_not_logged_and_its_place_is():
    log = io.StringIO()
    http.configure_logs("info", log)

    try:
        try:
            int(f"{MARKER}x")
        except ValueError as error:
            raise RuntimeError(MARKER) from error
    except RuntimeError:
        structlog.stdlib.get_logger("test").exception("failed")
        logging.getLogger("library").exception("failed\n%s", MARKER)

    ours, theirs = (json.loads(line) for line in log.getvalue().splitlines())
    assert MARKER not in log.getvalue()
    types = [one["type"] for one in ours["exception"]]
    assert types == ["builtins.RuntimeError", "builtins.ValueError"]
    assert theirs["exception"] == ours["exception"]
    assert "test_small_parts.py" in ours["exception"][0]["frames"][0]


def test_libraries_that_log_whole_addresses_are_kept_quiet():
    log = io.StringIO()
    http.configure_logs("info", log)

    logging.getLogger("httpx").info("HTTP Request: GET https://provider/%s", MARKER)

    assert log.getvalue() == ""


@pytest.mark.parametrize("was_configured", [True, False])
def test_a_test_that_configures_logs_leaves_them_as_they_were(was_configured: bool):
    structlog.reset_defaults()
    if was_configured:
        structlog.configure(processors=[structlog.processors.JSONRenderer()])
    root, library = logging.getLogger(), logging.getLogger("httpx")
    root.setLevel(logging.ERROR)
    library.setLevel(logging.NOTSET)
    before = (structlog.get_config(), list(root.handlers))

    with logs_left_alone():
        http.configure_logs("info", io.StringIO())

    assert (structlog.get_config(), root.handlers) == before
    assert structlog.is_configured() == was_configured
    assert (root.level, library.level) == (logging.ERROR, logging.NOTSET)
