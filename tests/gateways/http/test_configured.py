"""A provider by configuration: its words, its rules, its callbacks; nothing leaves its place."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparekey.gateways import (
    Accepted,
    Forged,
    Heard,
    Incoming,
    Outcome,
    Raw,
    Report,
    Throttled,
    Unreadable,
    Unsure,
    UnusableSettings,
)
from sparekey.gateways.wires.http import wire
from sparekey.gateways.wires.http.filling import template_of, values_of
from tests.gateways.http.cases import AT, HOOK, TEXT, form_raw, heard, json_raw, raw, text_message
from tests.gateways.http.provider import PlayedProvider, Said
from tests.gateways.http.providers.configured import PROVIDERS, VALUES

[ONE] = PROVIDERS
OURS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
EVIL = '"}, "to": "+1", {{ x }} {% if %}\n\r\x00\ud7ff&a=b;<b>\u2028\\'


async def test_a_request_is_what_was_configured(provider: PlayedProvider):
    provider.answers = [ONE.taken]
    outgoing = ONE.outgoing()
    await ONE.wire(provider.url).send(outgoing)
    asked = provider.asked[0]

    assert (asked.method, asked.path) == ("POST", "/send")
    assert asked.headers["authorization"] == "Bearer hush"
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "to": "447700900123",
        "from": "+447700900001",
        "text": TEXT,
        "callback": HOOK,
        "ref": str(outgoing.id),
    }


@given(st.text(max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_text_leaves_its_place_in_json(text: str):
    body = template_of("body", '{"a": "{{ text }}", "b": "{{ sender }}"}', "json")
    filled = body.filled(values_of(text_message(text=text, sender=EVIL), HOOK))

    assert json.loads(filled) == {"a": text, "b": EVIL}


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_text_leaves_its_place_in_a_form_or_an_address(text: str):
    from urllib.parse import parse_qsl

    values = values_of(text_message(text=text, sender=text), HOOK)
    form = template_of("body", "a={{ text }}&b={{ to }}", "form").filled(values)
    address = template_of("url", "https://a.example/{{ sender }}?to={{ to }}", "url").filled(values)

    assert dict(parse_qsl(form, keep_blank_values=True)) == {"a": text, "b": values["to"]}
    assert address.isascii()
    assert address.count("/") == 3
    assert address.count("?") == 1


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_text_leaves_its_place_in_xml(text: str):
    body = template_of("body", "<m to='{{ to }}' a=\"{{ text }}\">{{ text }}</m>", "xml")
    filled = body.filled(values_of(text_message(text=text), HOOK))
    root = ElementTree.fromstring(filled)  # noqa: S314

    assert len(root) == 0
    assert root.attrib.keys() == {"to", "a"}


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://api.carrier.example/send"},
        {"url": "https://{{ to }}.carrier.example/"},
        {"url": "https://carrier.example/?text={{ text }}"},
        {"url": "https://carrier.example/?code={{ code }}"},
        {"url": "https://me:word@carrier.example/"},
        {"body": '{"text": {{ text }}'},
        {"body": "{% for a in text %}x{% endfor %}"},
        {"body": "{% include 'secrets' %}"},
        {"body": '{"text": "{{ text | upcase }}"}'},
        {"body": '{"text": "{{ nothing }}"}'},
        {"body": '{"text": "{{ text.__class__ }}"}'},
        {"body": "x" * 20_001},
        {"method": "GET"},
        {"format": "yaml"},
        {"headers": "Host: inside.example"},
        {"headers": "X-A: 1\nx-a: 2"},
        {"headers": "no colon"},
        {"headers": "X-A: ü"},
        {"answers": "perhaps status=200"},
        {"answers": "accepted status=2000"},
        {"answers": "accepted nothing"},
        {"ref": "message.id"},
        {"outcomes": "delivered /status=DELIVRD"},
        {"outcomes": "arrived /status=DELIVRD", "outcome_ref": "/id"},
        {"outcomes": "delivered /status=DELIVRD", "outcome_ref": "id"},
        {"incoming": "/kind=mo", "incoming_from": "from"},
        {"signature": "rot13"},
        {"signature": "hmac-sha256"},
        {"signature": "hmac-sha256", "signature_secret": "x", "signature_over": "{url}"},
        {"signature": "hmac-sha256", "signature_secret": "x", "signature_over": "{body}{env}"},
        {"signature": "hmac-sha256", "signature_secret": "x", "signature_time": "x-time"},
        {"incoming": "nonsense", "incoming_from": "/from"},
    ],
)
def test_what_cannot_work_is_refused_when_it_is_configured(changes: dict[str, str]):
    with pytest.raises(UnusableSettings):
        wire.check({**VALUES, **changes})


@pytest.mark.parametrize(
    ("body", "kind", "content"),
    [
        ("to={{ to }}&text={{ text }}", "form", "application/x-www-form-urlencoded"),
        ("<sms to='{{ to }}'>{{ text }}</sms>", "xml", "application/xml; charset=utf-8"),
        ("{{ text }}", "text", "text/plain; charset=utf-8"),
    ],
)
async def test_a_body_is_of_its_format(
    provider: PlayedProvider, body: str, kind: str, content: str
):
    provider.answers = [Said()]
    wire = ONE.wire(provider.url, body=body, format=kind, answers="", ref="")
    accepted = await wire.send(ONE.outgoing())

    assert accepted == Accepted(None)
    assert provider.asked[0].headers["content-type"] == content


async def test_a_plain_answer_is_known_by_how_it_begins(provider: PlayedProvider):
    rules = "accepted begins=OK\nthrottled begins=WAIT"
    provider.answers = [Said(200, b"OK 12"), Said(200, b"WAIT"), Said(200, b"hello")]
    wire = ONE.wire(provider.url, answers=rules, ref="")

    assert await wire.send(ONE.outgoing()) == Accepted(None)
    with pytest.raises(Throttled) as raised:
        await wire.send(ONE.outgoing())
    assert raised.value.retry_in == timedelta(seconds=2)
    with pytest.raises(Unsure):
        await wire.send(ONE.outgoing())


async def test_a_probe_of_its_own_shows_that_we_are_let_in(provider: PlayedProvider):
    assert wire.examine is not None
    provider.answers = [Said(), Said(403), Said(404)]
    told = ONE.told(provider.url, probe=f"{provider.url}/balance")
    good, bad, lost = [[one async for one in wire.examine(told)] for _ in range(3)]
    unknown = [one async for one in wire.examine(ONE.told(provider.url, probe=""))]

    assert (good[0].advice, good[0].was_checked) == (None, True)
    assert "403" in (bad[0].advice or "")
    assert "404" in (lost[0].advice or "")
    assert not unknown[0].was_checked
    assert [one.headers.get("authorization") for one in provider.asked[:1]] == ["Bearer hush"]
    assert provider.asked[-1].method == "HEAD"


HEARS = {
    **VALUES,
    "outcomes": "delivered /status=DELIVRD\nfailed /status=REJECTD\nexpired /status=EXPIRED",
    "outcome_items": "/reports",
    "outcome_ref": "/id",
    "outcome_id": "/ref",
    "outcome_reason": "/error/code",
    "outcome_at": "/at",
    "incoming": "/kind=mo",
    "incoming_from": "/from",
    "incoming_to": "/to",
    "incoming_text": "/text",
    "incoming_ref": "/id",
}
BATCH = {
    "reports": [
        {"id": 1, "status": "DELIVRD", "at": "2026-03-04T12:00:00Z"},
        {"id": "2", "status": "REJECTD", "error": {"code": 12}, "ref": str(OURS)},
        {"id": "3", "status": "ENROUTE"},
        {"id": "4", "status": "EXPIRED", "error": {"code": "no such +447700900123"}},
    ]
}
READ: list[tuple[dict[str, str], Raw, list[Heard]]] = [
    (
        HEARS,
        json_raw(json.dumps(BATCH)),
        [
            Report(Outcome.DELIVERED, "1", at=AT),
            Report(Outcome.FAILED, "2", OURS, reason="12"),
            Report(Outcome.EXPIRED, "4"),
        ],
    ),
    (
        HEARS,
        form_raw("kind=mo&from=447700900123&to=12345&text=NO&id=7"),
        [Incoming("sms", "+447700900123", "12345", "NO", "7")],
    ),
    (
        {**HEARS, "outcome_items": ""},
        raw(query="?id=9&status=DELIVRD", method="GET"),
        [Report(Outcome.DELIVERED, "9")],
    ),
    (HEARS, form_raw("kind=other"), []),
    (VALUES, json_raw(json.dumps(BATCH)), []),
]


@pytest.mark.parametrize(("values", "came", "said"), READ)
def test_a_callback_is_read_by_its_rules(values: dict[str, str], came: Raw, said: list[Heard]):
    told = {name: text for name, text in values.items() if text}

    assert heard("http").read(told, came) == said


@pytest.mark.parametrize(
    "came",
    [
        json_raw("{"),
        json_raw("[" * 100_000),
        json_raw('{"reports": [{"status": "DELIVRD"}]}'),
        form_raw("kind=mo&text=NO"),
        form_raw("&".join(f"a{n}=1" for n in range(300))),
        form_raw("a=1&kind=%ff"),
        form_raw("kind=mo&from=1&from=2"),
    ],
)
def test_what_no_rule_can_read_is_unreadable(came: Raw):
    with pytest.raises(Unreadable):
        heard("http").read(HEARS, came)


def proven(scheme: str, body: bytes, **changes: Any) -> dict[str, str]:
    """Headers with a signature made by the standard library alone."""
    secret = changes.get("secret", b"hush")
    made = hmac.new(secret, changes.get("over", body), scheme.removeprefix("hmac-"))
    encoded = made.hexdigest()
    if changes.get("encoding") == "base64":
        encoded = base64.b64encode(made.digest()).decode()
    return {"x_signature": changes.get("prefix", "") + encoded}


@pytest.mark.parametrize("scheme", ["hmac-sha256", "hmac-sha1", "hmac-sha512"])
@pytest.mark.parametrize(("encoding", "prefix"), [("hex", ""), ("base64", ""), ("hex", "sha256=")])
async def test_a_signature_of_the_configured_form_is_believed(
    scheme: str, encoding: str, prefix: str
):
    told = {**VALUES, "signature": scheme, "signature_secret": "hush",
            "signature_encoding": encoding, "signature_prefix": prefix}  # fmt: skip
    told = {name: text for name, text in told.items() if text}
    good = proven(scheme, b"{}", encoding=encoding, prefix=prefix)
    other = proven(scheme, b"{}", encoding=encoding, prefix=prefix, secret=b"other")
    await heard("http").verify(told, json_raw(b"{}", **good))
    wire.check(told)

    assert heard("http").is_signed(told)
    for forged in (
        json_raw(b"{ }", **good),
        json_raw(b"{}", **other),
        json_raw(b"{}"),
        json_raw(b"", **proven(scheme, b"", encoding=encoding, prefix=prefix)),
        Raw("POST", HOOK, (("x-signature", good["x_signature"]),) * 2, b"{}", AT),
    ):
        with pytest.raises(Forged):
            await heard("http").verify(told, forged)


async def test_a_signature_may_be_over_the_address_and_a_time():
    told = {**VALUES, "signature": "hmac-sha256", "signature_secret": "hush",
            "signature_over": "{url}.{header:X-Time}.{body}",
            "signature_time": "X-Time"}  # fmt: skip
    wire.check(told)
    now = int(AT.timestamp())
    for seconds, is_good in (
        (now, True),
        (now - 299, True),
        (now - 301, False),
        (now + 301, False),
    ):
        over = f"{HOOK}.{seconds}.".encode() + b"{}"
        came = json_raw(b"{}", x_time=str(seconds), **proven("hmac-sha256", b"", over=over))
        if is_good:
            await heard("http").verify(told, came)
        else:
            with pytest.raises(Forged):
                await heard("http").verify(told, came)


async def test_a_shared_secret_in_a_header_is_compared():
    told = {**VALUES, "signature": "shared", "signature_secret": "hush",
            "signature_header": "X-Key"}  # fmt: skip
    await heard("http").verify(told, json_raw(b"{}", x_key="hush"))

    for wrong in ("hus", "", "hushh"):
        with pytest.raises(Forged):
            await heard("http").verify(told, json_raw(b"{}", x_key=wrong))


async def test_without_a_scheme_nothing_is_proven_and_it_says_so():
    await heard("http").verify(VALUES, json_raw(b"{}"))

    assert not heard("http").is_signed(VALUES)
