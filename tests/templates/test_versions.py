"""A brand's own words: versions that nothing changes, used from the next message on."""

import asyncio
from datetime import timedelta

import pytest

from sparekey import access
from tests.attacks.requests import start
from tests.outbox.conftest import Desk
from tests.recovery.steps import at_brand, enrol, forgot
from tests.templates.writing import GOOD_EMAIL, GOOD_SMS, LINKS, save, saved
from tests.world.simulated import Simulation
from tests.world.wires import PlayedWire


async def test_saved_words_are_those_of_the_next_message(app_client: Simulation):
    alice = app_client.person("alice")
    made = await saved(app_client.client, "sign_in_code", sms=GOOD_SMS, email=GOOD_EMAIL)
    await start(app_client.client, alice.phone)
    await start(app_client.client, alice.email)
    await app_client.deliver()

    assert made == {
        "template": "sign_in_code",
        "locale": "en",
        "version": 1,
        "warnings": made["warnings"],
    }
    assert {one["rule"] for one in made["warnings"]} == {"segments"}
    assert "signs you in at Acme, says Jo. Valid for 10 min." in alice.phone.inbox[-1].text
    assert alice.email.inbox[-1].subject == "Jo sends you a code for Acme"


async def test_a_channel_without_own_words_keeps_ours(app_client: Simulation):
    alice = app_client.person("alice")
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS)
    await start(app_client.client, alice.email)
    await app_client.deliver()

    assert alice.email.inbox[-1].subject == "Your code to sign in at Acme"


async def test_another_brand_reads_nothing_of_it(app_client: Simulation):
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS)
    await at_brand(app_client)
    bob = app_client.person("bob")
    await start(app_client.client, bob.phone)
    await app_client.deliver()
    read = await app_client.client.get("/v1/templates/sign_in_code/en")

    assert "says Jo" not in bob.phone.inbox[-1].text
    assert (read.json()["version"], read.json()["own"]) == (0, None)


async def test_a_country_has_words_of_its_own_and_falls_back_to_its_language(
    app_client: Simulation,
):
    alice, bob = app_client.person("alice"), app_client.person("bob")
    await saved(app_client.client, "sign_in_code", "en-GB", sms=GOOD_SMS)
    await start(app_client.client, alice.phone, locale="en-GB")
    await start(app_client.client, bob.phone, locale="en-US")
    await app_client.deliver()

    assert "says Jo" in alice.phone.inbox[-1].text
    assert "says Jo" not in bob.phone.inbox[-1].text


async def test_a_queued_message_keeps_the_words_it_was_queued_with(app_client: Simulation):
    alice = app_client.person("alice")
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS)
    await start(app_client.client, alice.phone)
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS.replace("Jo", "Kim"))
    await app_client.deliver()

    assert "says Jo" in alice.phone.inbox[-1].text


async def test_a_resend_speaks_as_the_start_did(app_client: Simulation):
    alice = app_client.person("alice")
    asked = await start(app_client.client, alice.phone)
    await app_client.deliver()
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS)
    app_client.clock.advance(timedelta(minutes=2))
    await app_client.post(f"/v1/verifications/{asked}/resend", {})
    await app_client.deliver()

    assert len(alice.phone.inbox) == 2
    assert "says Jo" not in alice.phone.inbox[-1].text


async def test_a_recovery_keeps_the_words_it_started_with_in_every_template(
    app_client: Simulation,
):
    alice, bob = app_client.person("alice"), app_client.person("bob")
    await enrol(app_client.client, alice)
    await enrol(app_client.client, bob)
    recovery = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    await saved(
        app_client.client,
        "recovery_code",
        sms=GOOD_SMS.replace("signs you in at", "sets a new password at"),
    )
    email = {**GOOD_EMAIL, "text": LINKS, "mjml": f"<mj-text><p>{LINKS}</p></mj-text>"}
    await saved(app_client.client, "recovery_link", email=email)
    app_client.clock.advance(timedelta(minutes=2))
    for channel in ("email", "sms"):
        await app_client.post(f"/v1/recoveries/{recovery}/resend", {"channel": channel})
        await app_client.deliver()
        app_client.clock.advance(timedelta(minutes=2))
    await forgot(app_client.client, bob.email, channel="email")
    await app_client.deliver()

    assert [len(alice.phone.inbox), len(alice.email.inbox)] == [2, 1]
    assert "says Jo" not in alice.email.inbox[-1].text + alice.phone.inbox[-1].text
    assert "says Jo" in bob.email.inbox[-1].text


async def test_taking_back_is_a_version_too(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    await saved(api, "sign_in_code", sms=GOOD_SMS)
    taken = await api.delete("/v1/templates/sign_in_code/en")
    await start(api, alice.phone)
    await app_client.deliver()
    history = (await api.get("/v1/templates/sign_in_code/en/versions")).json()["data"]

    assert taken.json()["version"] == 2
    assert "says Jo" not in alice.phone.inbox[-1].text
    assert [(one["version"], one["own"] and one["own"]["sms"]) for one in history] == [
        (2, None),
        (1, GOOD_SMS),
    ]


async def test_a_version_says_who_saved_it_and_when(app_client: Simulation):
    api = app_client.client
    await saved(api, "sign_in_code", sms=GOOD_SMS)
    read = (await api.get("/v1/templates/sign_in_code/en")).json()

    assert read["saved_by"].startswith("key_")
    assert read["saved_at"] == "2026-03-04T12:00:00Z"
    assert read["ours"]["sms"].startswith("{{ code }} signs you in")
    assert read["own"] == {"sms": GOOD_SMS, "email": None}


async def test_of_two_that_changed_the_same_words_the_second_is_told(app_client: Simulation):
    api = app_client.client
    first = await saved(api, "sign_in_code", sms=GOOD_SMS, if_version=0)
    second = await save(api, "sign_in_code", sms=GOOD_SMS.replace("Jo", "Kim"), if_version=0)
    third = await save(api, "sign_in_code", sms=GOOD_SMS, if_version=first["version"])

    assert (second.status_code, second.json()["code"]) == (409, "template.changed")
    assert third.status_code == 200


async def test_changes_at_once_each_get_a_version(app_client: Simulation):
    answers = await asyncio.gather(
        *(save(app_client.client, "sign_in_code", sms=f"{GOOD_SMS} {n}") for n in range(8)),
        *(
            save(app_client.client, "sign_in_code", sms=f"{GOOD_SMS} {n}", if_version=0)
            for n in range(4)
        ),
    )
    versions = [one.json()["version"] for one in answers if one.status_code == 200]

    assert sorted(versions) == list(range(1, len(versions) + 1))
    assert 8 <= len(versions) <= 9
    assert {one.status_code for one in answers} <= {200, 409}


async def test_a_change_is_in_the_journal(app_client: Simulation):
    await saved(app_client.client, "sign_in_code", "de-AT", sms=GERMAN)
    kinds = await app_client.db.fetch("SELECT kind, data::text AS data FROM events.event")

    assert [(row["kind"], row["data"]) for row in kinds] == [
        ("template.changed", '{"locale": "de-AT", "version": 1, "template": "sign_in_code"}')
    ]


GERMAN = (
    "{{ code }} meldet Sie bei {{ brand }} an. {{ valid_for }} gültig. "
    "Nicht angefordert? {{ not_me_url }}"
)


async def test_own_words_that_cannot_be_filled_in_give_way_to_ours(app_client: Simulation):
    api, desk = app_client.client, Desk(app_client, PlayedWire(), app_client.person("alice"))
    await saved(api, "sign_in_code", sms=GOOD_SMS)
    await app_client.db.execute(
        "UPDATE templates.wording SET sms = '{{ code }} {{ nobody_gives_this }}'"
    )
    await desk.ask()
    await desk.step()

    assert "signs you in at Acme. Valid for" in desk.wire.sent[-1].text


async def test_words_are_read_and_written_by_keys_with_the_scope_for_it(app_client: Simulation):
    made, at = app_client, app_client.clock()
    _, reader = await access.create_key(
        made.db, made.brand, name="reader", scopes=["templates:read"], at=at
    )
    made.client.headers["Authorization"] = f"Bearer {reader.reveal()}"
    read = await made.client.get("/v1/templates")
    written = await save(made.client, "sign_in_code", sms=GOOD_SMS)
    tested = await made.post("/v1/templates/sign_in_code/test", {"to": "a@mail.example"})

    assert read.status_code == 200
    assert [one.json().get("scope") for one in (written, tested)] == ["templates:write"] * 2


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/templates/nothing", 404, "template.unknown"),
        ("GET", "/v1/templates/nothing/en", 404, "template.unknown"),
        ("GET", "/v1/templates/nothing/en/versions", 404, "template.unknown"),
        ("GET", "/v1/templates/sign_in_code/tlh", 422, "template.locale_unknown"),
        ("PUT", "/v1/templates/sign_in_code/tlh", 422, "template.locale_unknown"),
        ("PUT", "/v1/templates/nothing/en", 404, "template.unknown"),
        ("PUT", "/v1/templates/sign_in_code/en-gb", 422, "template.locale_unknown"),
        ("POST", "/v1/templates/nothing/preview", 404, "template.unknown"),
        ("DELETE", "/v1/templates/nothing/en", 404, "template.unknown"),
    ],
)
async def test_what_there_is_not_is_said(
    app_client: Simulation, method: str, path: str, status: int, code: str
):
    body = {"sms": GOOD_SMS} if method in ("PUT", "POST") else None
    answer = await app_client.client.request(method, path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
