"""Bodies that no honest caller sends: a clear problem from every route, and the server lives on."""

import json
from collections.abc import Iterator
from itertools import product

import httpx
import pytest

from tests.attacks.register import covers
from tests.world import raw
from tests.world.deployment import Deployment

PATHS = [
    "/v1/verifications",
    "/v1/verifications/ver_01kjwbg7g0egq9tkbk9kpkw24e/check",
    "/v1/verifications/ver_01kjwbg7g0egq9tkbk9kpkw24e/resend",
    "/v1/verifications/ver_01kjwbg7g0egq9tkbk9kpkw24e/cancel",
    "/v1/recoveries",
    "/v1/grants/redeem",
    "/v1/sign-ins",
    "/v1/sandbox/inbox",
    "/v1/sandbox/replies",
]
MALFORMED = [
    b"{", b"}", b"[", b"null", b"true", b"0", b'""', b"[]", b"[{}]", b"{}{}", b"{}x", b"\x00",
    b"\xff", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"to": }', b"{'to': 'a'}",
    b'{"to": "a",}', b'{"to": NaN}', b'{"to": Infinity}', b'{"to": 1e999}', b'{"to": -0}',
    b'{"a": 1' + b"0" * 5000 + b"}", b'{"to": "\\ud800"}', b'{"to": "a\\u0000b"}',
    b'{"to": "a\nb"}', b'{"to": "\xc0\xaf"}', b'{"\\u0000": 1}', b'{"__proto__": {"admin": true}}',
    b'{"constructor": 1}', b'{"": ""}', b'{"to": "a", "to": "b"}', b'{"code": "1", "code": "2"}',
    b"[" * 60_000, b'{"a":' * 10_000, b'{"code": 12345678}', b'{"code": null}',
    b'{"code": ["12345678"]}', b'{"code": {"a": 1}}', b'{"code": true}',
    b'{"code": "12345678", "unknown": 1}', b"to=%2B447400123456&purpose=recovery",
    b"<to>+447400123456</to>",
]  # fmt: skip
#: What stands beside a good number and purpose.
UNUSABLE = [
    '"purpose": "everything"', '"purpose": 1', '"purpose": ["recovery"]', '"ttl_seconds": 59',
    '"ttl_seconds": 3601', '"ttl_seconds": 99999999999999999999', '"ttl_seconds": 600.5',
    '"ttl_seconds": "600"', '"code_length": 4', '"code_length": -8',
    '"code_length": 9223372036854775808', '"alphabet": "emoji"', '"channel": "pigeon"',
    '"client": "1.2.3.4"', '"client": {"ip": "1.2.3.4.5"}', '"client": {"ip": "::/0"}',
    '"client": {"ip": "fe80::1%25eth0"}', '"client": {"ip": ["1.2.3.4"]}', '"account": ["a", "b"]',
    '"account": 7', '"account": "a\\u0000"', '"locale": {"a": 1}', '"template": 1',
]  # fmt: skip


def everything() -> Iterator[tuple[str, bytes]]:
    """Each body at each path."""
    yield from product(PATHS, MALFORMED)
    for beside in UNUSABLE:
        purpose = "" if "purpose" in beside else '"purpose": "recovery", '
        yield "/v1/verifications", f'{{"to": "+447400123456", {purpose}{beside}}}'.encode()


async def test_no_malformed_body_is_taken_and_none_breaks_a_server(deployment: Deployment):
    brand, key = await deployment.new_brand()
    before = deployment.logs.count("request_failed")

    async with deployment.client(api_key=key) as api:
        for path, body in everything():
            answer = await api.post(
                path, content=body, headers={"Content-Type": "application/json"}
            )

            assert answer.status_code in {400, 404, 413, 422}, (path, body[:80])
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code

    assert deployment.logs.count("request_failed") == before
    assert await deployment.everything_sent(brand.id) == []
    assert all(server.is_running() for server in deployment.servers)


@pytest.mark.parametrize("path", PATHS)
async def test_ten_megabytes_are_refused_before_they_are_read(deployment: Deployment, path: str):
    whole = b'{"to": "' + b"9" * 10_000_000 + b'"}'
    announced = raw.request(path, whole, headers=[*deployment.authorization.items()])
    chunked = raw.request(
        path,
        b"a00000\r\n" + whole + b"\r\n0\r\n\r\n",
        headers=[*deployment.authorization.items(), ("Transfer-Encoding", "chunked"),
                 ("Content-Length", "")],
    ).replace(b"Content-Length: \r\n", b"")  # fmt: skip

    answers = [
        await raw.send(deployment.servers[0].port, announced),
        await raw.send(deployment.servers[1].port, chunked),
    ]

    well = [
        await raw.send(server.port, raw.request("/healthz", method="GET"))
        for server in deployment.servers
    ]

    assert {answer.status for answer in answers} <= {404, 413, raw.HUNG_UP}
    assert [answer.status for answer in well] == [200, 200]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-7"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
    ids=str,
)
async def test_another_kind_of_body_is_415(api: httpx.AsyncClient, headers: dict[str, str]):
    body = json.dumps({"to": "+447400123456", "purpose": "recovery"}).encode()

    answer = await api.post("/v1/verifications", content=body, headers=headers)

    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
async def test_another_method_is_405(deployment: Deployment, method: str):
    sent = raw.request(
        "/v1/verifications", None, method=method, headers=[*deployment.authorization.items()]
    )

    answer = await raw.send(deployment.servers[0].port, sent)

    assert answer.status in {400, 405}


@covers("T-14")
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic c2tfdGVzdA==", "Bearer sk_test_", "Bearer null",
     "Bearer sk_test_" + "0" * 32, "Bearer sk_live_" + "A" * 32, "bearer sk_test_" + "é" * 32,
     "Bearer sk_test_' OR true --", "Bearer " + "a" * 8000],
)  # fmt: skip
async def test_a_foreign_or_garbled_key_opens_nothing(
    deployment: Deployment, authorization: str | None
):
    headers = [] if authorization is None else [("Authorization", authorization)]
    forged = [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")]
    body = {"to": "+447400123456", "purpose": "recovery"}

    answers = [
        await raw.send(server.port, raw.request(path, body, headers=[*headers, *forged]))
        for server in deployment.servers
        for path in ("/v1/verifications", "/v1/sandbox/inbox")
    ]

    assert {answer.status for answer in answers} == {401}
    assert {answer.json()["code"] for answer in answers} == {"access.key_refused"}
