"""A test send: to an address the designer names, marked as a test, and not for ever."""

import pytest

from tests.recovery.steps import at_brand, code_of
from tests.templates.writing import GOOD_SMS, saved
from tests.world.simulated import Simulation


async def test_a_test_lands_in_the_sandbox_and_says_that_it_is_one(app_client: Simulation):
    carol = app_client.person("carol")
    await saved(app_client.client, "sign_in_code", sms=GOOD_SMS)
    sent = [
        await app_client.post("/v1/templates/sign_in_code/test", {"to": str(to), "locale": "en"})
        for to in (carol.phone, carol.email)
    ]
    await app_client.deliver()
    told = await app_client.client.get(f"/v1/messages/{sent[0].json()['id']}")

    assert [one.status_code for one in sent] == [202, 202]
    assert carol.phone.inbox[-1].text.startswith("Test: 1234 5678 signs you in at Acme, says Jo.")
    assert carol.email.inbox[-1].subject == "Test: Your code to sign in at Acme"
    assert (told.json()["status"], told.json()["template_version"]) == ("sent", 1)


@pytest.mark.parametrize(
    "name",
    ["recovery_link", "address_changed", "username_reminder", "too_many_tries", "recovery_denied"],
)
async def test_every_kind_of_message_can_be_tested(app_client: Simulation, name: str):
    carol = app_client.person("carol")
    for locale in ("en", "ar"):
        await app_client.post(
            f"/v1/templates/{name}/test", {"to": str(carol.email), "locale": locale}
        )
        app_client.clock.now = app_client.clock.now.replace(minute=5)
    await app_client.deliver()

    assert [one.subject and one.subject.split()[0] for one in carol.email.inbox] == [
        "Test:",
        "اختبار:",
    ]


async def test_the_code_of_a_test_opens_nothing(app_client: Simulation):
    carol = app_client.person("carol")
    await app_client.post("/v1/templates/recovery_code/test", {"to": str(carol.phone)})
    await app_client.deliver()
    rows = await app_client.db.fetch("SELECT id FROM verification.verification")

    assert carol.phone.inbox[-1].code == "12345678"
    assert rows == []


async def test_a_brand_sends_ten_tests_at_once_and_then_waits(app_client: Simulation):
    answers = [
        await app_client.post("/v1/templates/sign_in_code/test", {"to": f"carol{n}@mail.example"})
        for n in range(11)
    ]

    assert [one.status_code for one in answers] == [202] * 10 + [429]
    assert code_of(answers[-1]) == "template.too_many_tests"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 300


async def test_an_address_is_not_filled_by_tests(app_client: Simulation):
    carol = app_client.person("carol")
    for _ in range(3):
        answer = await app_client.post("/v1/templates/sign_in_code/test", {"to": str(carol.email)})
        assert answer.status_code == 202
    await app_client.deliver()

    assert len(carol.email.inbox) == 1


async def test_tests_go_where_the_brand_sends_and_nowhere_else(app_client: Simulation):
    await at_brand(app_client, is_sandbox=False, countries=("GB",))
    answer = await app_client.post("/v1/templates/sign_in_code/test", {"to": "+33612345678"})

    assert (answer.status_code, code_of(answer)) == (422, "template.country_not_served")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nothing", {"to": "a@mail.example"}, 404),
        ("sign_in_code", {"to": "nobody"}, 422),
        ("sign_in_code", {"to": "a@mail.example", "locale": "tlh"}, 422),
        ("sign_in_code", {}, 400),
        ("recovery_asked", {"to": "+447400123456"}, 400),
    ],
)
async def test_what_cannot_be_tested_is_said(
    app_client: Simulation, name: str, body: dict[str, str], status: int
):
    answer = await app_client.post(f"/v1/templates/{name}/test", body)

    assert answer.status_code == status, answer.text
