"""One identifier is one address: two in a field, hidden or plain, are refused and sent nowhere."""

import json
from datetime import timedelta

import pytest

from tests.attacks.books import real_messages
from tests.attacks.register import covers
from tests.attacks.requests import start
from tests.world import raw
from tests.world.cast import Handset
from tests.world.deployment import Deployment
from tests.world.simulated import Simulation

VICTIM = "+447400123456"
MALLORY = "+447911123456"
TWO_ADDRESSES: list[object] = [
    [VICTIM, MALLORY],
    [VICTIM],
    {"0": VICTIM, "1": MALLORY},
    {"$ne": ""},
    [[VICTIM], MALLORY],
    f"{VICTIM},{MALLORY}",
    f"{VICTIM};{MALLORY}",
    f"{VICTIM}&to={MALLORY}",
    f"{VICTIM}|{MALLORY}",
    f"{VICTIM} {MALLORY}",
    f"{VICTIM}\r\n{MALLORY}",
    f"{VICTIM}\n",
    f"{VICTIM}\x00{MALLORY}",
    f"{VICTIM}%00{MALLORY}",
    f"{VICTIM}%0a{MALLORY}",
    f"{VICTIM};ext=5",
    f"{VICTIM}\u2028{MALLORY}",
    json.dumps([VICTIM, MALLORY]),
    "alice@mail.example,mallory@evil.example",
    "alice@mail.example;mallory@evil.example",
    "alice@mail.example mallory@evil.example",
    "alice@mail.example\r\nBcc: mallory@evil.example",
    "alice@mail.example\x00mallory@evil.example",
    "alice@mail.example%0d%0abcc:mallory@evil.example",
    "alice@mail.example@evil.example",
    "alice@[127.0.0.1]",
    '"alice@mail.example" <mallory@evil.example>',
    "alice@mail.example <mallory@evil.example>",
    '"alice mallory"@mail.example',
    "alice@mail.example\\nmallory@evil.example",
    "alice@mail..example",
    "@mail.example",
    "alice@",
    ["alice@mail.example", "mallory@evil.example"],
    {"email": "alice@mail.example"},
    447400123456,
    7.4e11,
    True,
    None,
    "",
    " ",
    "+",
    "0" * 65,
    "9" * 60_000,
    "\ud800",
]


@covers("T-07")
@pytest.mark.parametrize("channel", ["auto", "sms", "email"])
async def test_what_is_not_one_address_is_sent_nowhere(app_client: Simulation, channel: str):
    for to in TWO_ADDRESSES:
        answer = await app_client.client.post(
            "/v1/verifications",
            content=json.dumps({"to": to, "purpose": "recovery", "channel": channel}).encode(),
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code in {400, 422}, ascii(to)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "400123456" not in answer.text
    assert await real_messages(app_client.db, app_client.brand.id) == 0


@covers("T-07")
@pytest.mark.parametrize(
    "body",
    [
        '{"to": "%s", "to": "%s", "purpose": "recovery"}',
        '{"to": "%s", "purpose": "recovery", "to": "%s"}',
        '{"to": "%s", "purpose": "recovery", "\\u0074o": "%s"}',
        '{"to": "%s", "purpose": "recovery", "To": "%s"}',
        '{"to": "%s", "purpose": "recovery", "to[]": "%s"}',
        '{"to": "%s", "purpose": "recovery", "cc": "%s"}',
        '{"to": "%s", "purpose": "recovery", "client": {"ip": "192.0.2.1", "to": "%s"}}',
        '[{"to": "%s", "purpose": "recovery"}, {"to": "%s", "purpose": "recovery"}]',
        '{"to": "%s", "purpose": "recovery"}{"to": "%s", "purpose": "recovery"}',
    ],
)
async def test_a_second_address_beside_the_first_is_refused(deployment: Deployment, body: str):
    brand, key = await deployment.new_brand()
    sent = raw.request(
        "/v1/verifications",
        (body % (VICTIM, MALLORY)).encode(),
        headers=[("Authorization", f"Bearer {key}")],
    )

    answers = [await raw.send(server.port, sent) for server in deployment.servers]

    assert [answer.status for answer in answers] == [400, 400]
    assert await deployment.everything_sent(brand.id) == []


@covers("T-06")
async def test_no_later_step_takes_another_destination(app_client: Simulation):
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    challenge = await start(app_client.client, alice.phone)
    path = f"/v1/verifications/{challenge}"
    app_client.clock.advance(timedelta(minutes=1))

    refused = [
        await app_client.post(f"{path}/{step}", {**beside, **extra})
        for step, beside in (("resend", {}), ("check", {"code": "00000000"}), ("cancel", {}))
        for extra in ({"to": mallory.phone.address}, {"account": mallory.account}, {"channel": 1})
    ]
    resent = await app_client.post(f"{path}/resend?to={mallory.email.address}")
    await app_client.deliver()

    assert {answer.status_code for answer in refused} == {400}
    assert resent.json()["to"] == alice.phone.address
    assert len(alice.phone.inbox) == 2
    assert not [*mallory.phone.inbox, *mallory.email.inbox]


@covers("T-06")
async def test_a_destination_swapped_in_the_database_is_not_sent_to(app_client: Simulation):
    alice, mallory = app_client.person("alice"), app_client.person("mallory")
    challenge = await start(app_client.client, alice.phone)
    await start(app_client.client, mallory.phone)
    await app_client.deliver()
    await app_client.db.execute(
        """UPDATE verification.verification AS v SET sealed = other.sealed
        FROM verification.verification AS other WHERE other.id <> v.id"""
    )
    app_client.clock.advance(timedelta(minutes=1))

    answer = await app_client.post(f"/v1/verifications/{challenge}/resend")
    await app_client.deliver()

    assert answer.status_code == 500
    assert len(mallory.phone.inbox) == 1


@covers("T-07")
@pytest.mark.parametrize("query", ["?to=%2B447911123456", "?to[]=a&to[]=b"])
async def test_an_address_in_the_url_is_not_looked_at(app_client: Simulation, query: str):
    alice, mallory = app_client.person("alice"), app_client.handset(MALLORY)
    body = {"to": alice.phone.address, "purpose": "recovery"}

    answer = await app_client.post(f"/v1/verifications{query}", body)
    await app_client.deliver()

    assert answer.status_code == 201
    assert [len(inbox(one)) for one in (alice.phone, mallory)] == [1, 0]


def inbox(handset: Handset) -> list[str]:
    """The words a handset received."""
    return [message.text for message in handset.inbox]


IMPOSSIBLE_NUMBERS = [
    "+10000000000", "+44740012345", "+4474001234567", "+447700900", "+999123456789", "+0123456789",
    "+8001234567890", "+449098790000", "+15551234", "+44999", "+1", "07400123456", "911", "60777",
    "+44 740O 123456", "1" * 15,
]  # fmt: skip
ODD_SPELLINGS = ["+44٧٤٠٠١٢٣٤٥٦", "+44(0)7400 123456", "tel:+44-7400-123456", "0044 7400 123456"]


async def test_impossible_numbers_are_refused_and_odd_spellings_read(app_client: Simulation):
    for number in IMPOSSIBLE_NUMBERS:
        answer = await app_client.post("/v1/verifications", {"to": number, "purpose": "recovery"})

        assert answer.status_code == 422, number
        assert answer.json()["code"].startswith("address.")
    for number in ODD_SPELLINGS:
        answer = await app_client.post("/v1/verifications", {"to": number, "purpose": "recovery"})

        assert answer.json()["to"] == VICTIM, number
