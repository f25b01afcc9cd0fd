"""Every answer carries its id and its guards; every refusal is a problem and tells nothing else."""

import io
import json
from uuid import UUID

import pytest
from litestar import delete, get, post

from sparekey import http
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.http.doors import MARKER, application, visitor
from tests.world.basics import MovableClock


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "request.not_found"),
        ("GET", "/l", 404, "request.not_found"),
        ("GET", "/openapi", 404, "request.not_found"),
        ("GET", "/schema", 404, "request.not_found"),
        ("GET", "/schema/openapi.json", 404, "request.not_found"),
        ("GET", "/notes", 405, "request.method_not_allowed"),
        ("OPTIONS", "/notes", 405, "request.method_not_allowed"),
        ("TRACE", "/notes", 405, "request.method_not_allowed"),
        ("PURGE", "/notes", 405, "request.method_not_allowed"),
        ("HEAD", "/quiet", 405, "request.method_not_allowed"),
        ("GET", "/refused", 422, "door.shut"),
        ("GET", f"/broken/{MARKER}", 500, "server.failed"),
        ("GET", f"/numbered?number={MARKER}x", 400, "request.malformed"),
        ("GET", "/numbered", 400, "request.malformed"),
        ("POST", "/notes", 415, "request.unsupported_media_type"),
    ],
)
async def test_every_refusal_is_a_problem(
    clock: MovableClock, method: str, path: str, status: int, code: str
):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if method != "HEAD":
        problem = answer.json()
        assert {"type", "title", "status", "detail", "code", "instance"} <= set(problem)
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
        assert MARKER not in answer.text
        assert "Traceback" not in answer.text


async def test_a_405_names_the_methods_there_are(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        answer = await alice.get("/notes")

    assert answer.headers["allow"] == "POST"


async def test_a_problem_keeps_its_headers_and_further_members(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        answer = await alice.get("/refused")

    assert answer.headers["x-door"] == "1"
    assert answer.json()["n"] == 1
    assert answer.json()["type"] == "urn:sparekey:problem:door.shut"


async def test_a_client_cannot_choose_the_request_id(clock: MovableClock):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.get("/quiet", headers={"X-Request-Id": "chosen\tid"})

    assert UUID(answer.headers["x-request-id"]).version == 7


async def test_every_answer_is_kept_by_no_cache(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        answers = [await alice.get("/quiet"), await alice.get("/nowhere")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
    assert answers[0].headers["ratelimit"] == '"key";r=1;t=1'


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=javascript"},
        {"X-Original-URL": "/quiet", "X-Rewrite-URL": "/quiet"},
    ],
)
async def test_no_header_changes_where_a_request_goes_or_what_it_says(
    clock: MovableClock, headers: dict[str, str]
):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.get("/nowhere", headers=headers)
        described = await mallory.get("/v1/openapi.json", headers=headers)

    assert answer.status_code == 404
    assert "evil.example" not in f"{answer.headers} {answer.text} {described.text}"


async def test_other_sites_are_not_let_in(clock: MovableClock):
    async with visitor(application(clock)) as mallory:
        answer = await mallory.get("/quiet", headers={"Origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_the_log_has_templates_and_never_addresses_or_words_of_errors(clock: MovableClock):
    log = io.StringIO()
    http.configure_logs("info", log)

    async with visitor(application(clock)) as alice:
        await alice.get(f"/l/{MARKER}?code={MARKER}")
        await alice.get(f"/broken/{MARKER}")
        await alice.get(f"/nowhere/{MARKER}")
        await alice.get("/quiet")

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert MARKER not in log.getvalue()
    assert [line.get("route") for line in lines] == [
        "/l/{token}",
        None,
        "/broken/{code}",
        "unmatched",
    ]
    assert lines[1]["exception"][0]["type"] == "builtins.ValueError"
    assert lines[1]["request_id"] == lines[2]["request_id"]


async def test_requests_are_counted_by_route_template(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        await alice.get(f"/l/{MARKER}")
        told = (await alice.get("/metrics")).text

    assert 'sparekey_http_requests_total{method="GET",route="/l/{token}",status="200"}' in told
    assert MARKER not in told


async def test_readiness_names_what_is_missing(clock: MovableClock):
    async def well() -> None: ...

    async def behind() -> str:
        return "one week of partitions ahead, two are needed"

    async def failing() -> str | None:
        raise OSError(f"cannot reach {MARKER}")

    app = application(clock, checks={"well": well, "behind": behind, "failing": failing})
    async with visitor(app) as operator:
        ready = await operator.get("/readyz")
        alive = await operator.get("/healthz")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert ready.json()["checks"]["well"] == "ok"
    assert ready.json()["checks"]["behind"].startswith("one week")
    assert ready.json()["checks"]["failing"] == "failed with OSError"


async def test_the_operators_pages_are_not_passed_on_to_the_world(clock: MovableClock):
    async with visitor(application(clock)) as mallory:
        for header in ("X-Forwarded-For", "Forwarded", "Via"):
            told = await mallory.get("/metrics", headers={header: "1.1 proxy"})
            ready = await mallory.get("/readyz", headers={header: "1.1 proxy"})

            assert (told.status_code, ready.status_code) == (404, 404)


async def test_the_description_shows_what_a_door_reads(clock: MovableClock):
    async with visitor(application(clock)) as developer:
        described = (await developer.get("/v1/openapi.json")).json()

    body = described["paths"]["/notes"]["post"]["requestBody"]
    assert described["openapi"] == "3.1.0"
    assert body["content"]["application/json"]["schema"]["$ref"].endswith("/Note")
    assert described["components"]["schemas"]["Note"]["additionalProperties"] is False


def test_a_route_that_says_neither_scope_nor_public_is_refused(clock: MovableClock):
    @get("/forgotten")
    async def forgotten() -> str:
        return "open to everybody"

    @post("/both", scope="x", public=True)
    async def both() -> str:
        return "undecided"

    @get("/unheld", scope="x")
    async def unheld() -> str:
        return "nobody asks for a key"

    for door in (forgotten, both, unheld):
        with pytest.raises(ValueError, match=r"must say|nothing here authenticates"):
            http.application([door], context=_context(clock))


def test_a_route_cannot_replace_the_way_in(clock: MovableClock):
    async def own_way(_: http.Request) -> None: ...

    @get("/own", scope="x", before_request=own_way)
    async def own() -> str:
        return ""

    with pytest.raises(ValueError, match="must not replace"):
        http.application([own], context=_context(clock), authenticate=own_way)


async def test_a_refusal_before_the_handler_keeps_the_handler_from_running(clock: MovableClock):
    async def nobody(_: http.Request) -> None:
        raise Problem("access.key_refused", 401, "No.")

    app = application(clock, authenticate=nobody)
    async with visitor(app) as mallory:
        answer = await mallory.get("/quiet")

    assert answer.status_code == 401


def _context(clock: MovableClock) -> http.Context:
    return http.Context(
        db=None,  # pyright: ignore[reportArgumentType]  # never asked
        keyring=Keyring.generate(),
        clock=clock,
        base_url="https://recover.example",
    )


async def test_a_handler_answers_with_values_text_bytes_and_nothing(clock: MovableClock):
    @get("/value", public=True, response_headers={"X-Kept": "yes"})
    async def value() -> dict[str, int]:
        return {"n": 1}

    @get("/text", public=True)
    async def text() -> str:
        return "é"

    @get("/bytes", public=True, media_type="image/png")
    async def image() -> bytes:
        return b"\x89PNG"

    @delete("/nothing", public=True)
    async def nothing() -> None: ...

    app = http.application([value, text, image, nothing], context=_context(clock))
    async with visitor(app) as alice:
        answers = [await alice.get(path) for path in ("/value", "/text", "/bytes")]
        gone = await alice.delete("/nothing")

    assert [answer.content for answer in answers] == [b'{"n":1}', "é".encode(), b"\x89PNG"]
    assert [answer.headers["content-type"] for answer in answers] == [
        "application/json",
        "text/plain; charset=utf-8",
        "image/png",
    ]
    assert answers[0].headers["x-kept"] == "yes"
    assert (gone.status_code, gone.content) == (204, b"")


async def test_while_the_database_is_away_the_caller_is_told_to_come_back(clock: MovableClock):
    async with visitor(application(clock)) as alice:
        answer = await alice.get("/away")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "server.unavailable"


async def test_a_connection_that_was_cut_is_a_503_too(db: Db, clock: MovableClock):
    @get("/cut", public=True)
    async def cut() -> str:
        await db.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return "never"

    async with visitor(http.application([cut], context=_context(clock))) as alice:
        answer = await alice.get("/cut")

    assert answer.status_code == 503
