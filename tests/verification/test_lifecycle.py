"""A challenge from its start to its end: sent again, called off, timed out, used."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.attacks.requests import guess, start, wrong
from tests.world.simulated import Simulation


async def shown(simulation: Simulation, challenge: str) -> Any:
    """The challenge as its starter sees it."""
    return (await simulation.client.get(f"/v1/verifications/{challenge}")).json()


async def test_a_start_answers_as_the_contract_says(app_client: Simulation):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in", "account": alice.account}

    answer = await app_client.post("/v1/verifications", body)

    told = answer.json()
    assert answer.status_code == 201
    assert list(told) == [
        "id", "status", "to", "channel", "purpose", "expires_at", "checks_left", "next_send_at",
    ]  # fmt: skip
    assert told["id"].startswith("ver_")
    assert (told["status"], told["channel"], told["checks_left"]) == ("pending", "sms", 3)
    assert told["to"] == alice.phone.address
    assert datetime.fromisoformat(told["expires_at"]) == app_client.clock() + timedelta(minutes=10)
    assert datetime.fromisoformat(told["next_send_at"]) == app_client.clock() + timedelta(minutes=1)
    assert await shown(app_client, told["id"]) == told


async def test_a_message_says_what_its_code_is_good_for(app_client: Simulation):
    words: dict[str, str] = {}
    for purpose in ("recovery", "sign_in", "second_factor", "verify_address", "approve",
                    "caller_check"):  # fmt: skip
        alice = app_client.person("alice")
        await start(app_client.client, alice.phone, purpose)
        await app_client.deliver()
        words[purpose] = alice.phone.inbox[-1].text.replace(alice.phone.inbox[-1].code, "")

    assert len({text.partition("Acme")[0].strip("0123456789 ") for text in words.values()}) == 6
    assert all("Acme" in text and "10 min" in text and "/not-me" in text for text in words.values())


async def test_a_resend_replaces_the_code_and_keeps_the_count(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    first = alice.phone.inbox[0].code
    await guess(app_client.client, challenge, wrong(first))
    app_client.clock.advance(timedelta(minutes=1))
    answer = await app_client.post(f"/v1/verifications/{challenge}/resend")
    await app_client.deliver()
    second = alice.phone.inbox[1].code

    old = await guess(app_client.client, challenge, first)
    new = await guess(app_client.client, challenge, second)

    assert (answer.status_code, answer.json()["checks_left"]) == (200, 2)
    assert (old["valid"], old["checks_left"]) == (False, 1)
    assert new["valid"]


async def test_three_guesses_over_two_codes_are_all_there_are(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    for n in (1, 2):
        await guess(app_client.client, challenge, wrong(alice.phone.inbox[0], n))
    app_client.clock.advance(timedelta(minutes=1))
    await app_client.post(f"/v1/verifications/{challenge}/resend")
    await app_client.deliver()
    last = await guess(app_client.client, challenge, wrong(alice.phone.inbox[1]))
    right = await guess(app_client.client, challenge, alice.phone.inbox[1].code)

    assert (last["status"], last["checks_left"]) == ("exhausted", 0)
    assert (right["valid"], right["reason"]) == (False, "exhausted")


async def test_a_resend_gives_its_code_its_own_time(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=9, seconds=59))
    answer = await app_client.post(f"/v1/verifications/{challenge}/resend")
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=9, seconds=59))

    assert datetime.fromisoformat(answer.json()["expires_at"]) == (
        app_client.clock() + timedelta(seconds=1)
    )
    assert (await guess(app_client.client, challenge, alice.phone.inbox[1].code))["valid"]


@pytest.mark.parametrize(("seconds", "wait"), [(0, "60"), (1, "59"), (59, "1"), (59.5, "1")])
async def test_a_resend_too_soon_says_how_long_to_wait(
    app_client: Simulation, seconds: float, wait: str
):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    app_client.clock.advance(timedelta(seconds=seconds))

    answer = await app_client.post(f"/v1/verifications/{challenge}/resend")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == wait
    assert answer.json()["code"] == "verification.too_soon"
    app_client.clock.advance(timedelta(seconds=int(wait)))
    assert (await app_client.post(f"/v1/verifications/{challenge}/resend")).status_code == 200


@pytest.mark.parametrize(("seconds", "reason"), [(-1, None), (0, "expired"), (1, "expired")])
async def test_a_code_lives_exactly_as_long_as_it_says(
    app_client: Simulation, seconds: int, reason: str | None
):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone, ttl_seconds=120)
    await app_client.deliver()
    app_client.clock.advance(timedelta(seconds=120 + seconds))

    told = await guess(app_client.client, challenge, alice.phone.inbox[0].code)

    assert told.get("reason") == reason
    assert told["valid"] == (reason is None)
    assert (await shown(app_client, challenge))["status"] == (reason or "approved")


async def test_a_cancelled_challenge_takes_no_code(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()

    cancelled = [await app_client.post(f"/v1/verifications/{challenge}/cancel") for _ in range(2)]
    told = await guess(app_client.client, challenge, alice.phone.inbox[0].code)
    app_client.clock.advance(timedelta(minutes=1))
    again = await app_client.post(f"/v1/verifications/{challenge}/resend")

    assert [answer.json()["status"] for answer in cancelled] == ["cancelled"] * 2
    assert (told["valid"], told["reason"]) == (False, "cancelled")
    assert (again.status_code, again.json()["status"]) == (409, "cancelled")


async def test_what_was_used_cannot_be_cancelled_or_sent_again(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    await guess(app_client.client, challenge, alice.phone.inbox[0].code)
    app_client.clock.advance(timedelta(minutes=1))

    cancelled = await app_client.post(f"/v1/verifications/{challenge}/cancel")
    again = await app_client.post(f"/v1/verifications/{challenge}/resend")

    assert cancelled.json()["status"] == "approved"
    assert (again.status_code, again.json()["status"]) == (409, "approved")


async def test_a_success_closes_the_accounts_other_challenges_of_its_purpose(
    app_client: Simulation,
):
    alice = app_client.person("alice")
    ids = [
        await start(app_client.client, alice.phone, "sign_in", account=alice.account),
        *[
            await _later(app_client, alice.email.address, purpose, alice.account)
            for purpose in ("sign_in", "approve")
        ],
    ]
    await app_client.deliver()
    await guess(app_client.client, ids[0], alice.phone.inbox[0].code)
    mails = [message.code for message in alice.email.inbox]

    told = [
        await guess(app_client.client, challenge, code)
        for challenge, code in zip(ids[1:], mails, strict=True)
    ]

    assert [one.get("reason") for one in told] == ["superseded", None]


async def _later(simulation: Simulation, to: str, purpose: str, account: str) -> str:
    simulation.clock.advance(timedelta(minutes=1))
    return await start(simulation.client, to, purpose, account=account)


@pytest.mark.parametrize(
    "typed", ["{0}{1}", "{0} {1}", " {0}-{1} ", "{0}\u2010{1}", "{0}\u00a0{1}"], ids=ascii
)
async def test_a_code_is_read_as_people_type_it(app_client: Simulation, typed: str):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)
    await app_client.deliver()
    code = alice.phone.inbox[0].code

    assert (await guess(app_client.client, challenge, typed.format(code[:4], code[4:])))["valid"]


@pytest.mark.parametrize(
    "typed", ["", "1", "12345", "1234567890123", "abc", "１２３４５６７８", "12345678x", "9" * 9000]
)
async def test_what_cannot_be_a_code_costs_no_guess(app_client: Simulation, typed: str):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.phone)

    answer = await app_client.post(f"/v1/verifications/{challenge}/check", {"code": typed})

    assert answer.status_code == 422
    assert (await shown(app_client, challenge))["checks_left"] == 3


async def test_letters_by_mail_are_read_in_any_case_and_lookalikes_too(app_client: Simulation):
    alice = app_client.person("alice")
    challenge = await start(app_client.client, alice.email, alphabet="base32")
    await app_client.deliver()
    code = alice.email.inbox[0].code
    typed = code.lower().replace("0", "o").replace("1", "l")

    assert len(code) == 8
    assert (await guess(app_client.client, challenge, typed))["valid"]


@pytest.mark.parametrize("locale", ["en", "en-GB", "xx", "", "no-such-locale", "e" * 500])
async def test_any_language_that_is_asked_for_gets_words(app_client: Simulation, locale: str):
    alice = app_client.person("alice")
    body = {"to": alice.phone.address, "purpose": "sign_in", "locale": locale}

    answer = await app_client.post("/v1/verifications", body)
    await app_client.deliver()

    assert (answer.status_code, len(alice.phone.inbox)) in {(201, 1), (400, 0), (422, 0)}


async def test_a_code_for_a_company_wide_account_may_be_any_text(app_client: Simulation):
    for account in ("a", "Ärztin 7", "x" * 200, "a/b?c=d"):
        alice = app_client.person("alice")
        challenge = await start(app_client.client, alice.phone, account=account)
        await app_client.deliver()

        assert (await guess(app_client.client, challenge, alice.phone.inbox[0].code))["valid"]
