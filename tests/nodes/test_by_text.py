"""Back in by text alone, without a browser: HTTP for the company, a handset for the customer."""

import re
from datetime import timedelta

import msgspec
import pytest

from sparekey import flows, recovery
from sparekey.flows import ready
from sparekey.kit.ids import show
from tests.flows.drawing import Drawn, drawn
from tests.flows.test_api import go_live as publish
from tests.recovery.steps import NEW_PASSWORD, enrol, forgot, set_password, sign_in
from tests.world.cast import Person
from tests.world.simulated import Simulation

_SECRET = re.compile(r"^([0-9A-Z]{4} ){3}[0-9A-Z]{4}\b")
_ROWS = """
SELECT (SELECT count(*) FROM outbox.message WHERE brand_id = $1) AS messages,
    (SELECT count(*) FROM flows.run WHERE brand_id = $1) AS runs,
    (SELECT count(*) FROM recovery.recovery WHERE brand_id = $1) AS recoveries,
    (SELECT count(*) FROM verification.verification WHERE brand_id = $1) AS challenges
"""


async def go_live(world: Simulation, name: str) -> None:
    """Publish a ready-made flow."""
    document = msgspec.to_builtins(ready.document(name))
    made = await world.post("/v1/flows", {"document": document})
    assert made.status_code == 201, made.text
    published = await world.post(f"/v1/flows/{name}/publish", {"reason": "first words"})
    assert published.status_code == 201, published.text


async def say(world: Simulation, person: Person, text: str) -> None:
    """Text to the company's number."""
    world.reply(sender=person.phone.address, to="Acme", text=text)
    await world.deliver()
    await world.deliver()


def codes(person: Person) -> list[str]:
    """The codes that came to a phone."""
    sent = [one for one in person.phone.inbox if "new password" in one.text]
    return [one.code for one in sent if one.text[0].isdigit()]


def secret_of(person: Person) -> str:
    """The secret that came last."""
    found = [one.text for one in person.phone.inbox if _SECRET.match(one.text)]
    return found[-1][:19].replace(" ", "")


@pytest.fixture
async def world(app_client: Simulation) -> Simulation:
    await go_live(app_client, "reset_by_text")
    return app_client


async def told(world: Simulation) -> dict[str, int]:
    """How the flow's runs ended."""
    return (await world.client.get("/v1/flows/reset_by_text/counts")).json()["outcomes"]


async def test_the_owners_own_door_stays_open_when_all_runs_are_taken(world: Simulation) -> None:
    waiting: Drawn = {
        "api": ("start_api", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 86400}, {"then": "end"}),
        "end": ("finish", {"outcome": "over"}, {}),
    }
    await publish(world.client, waiting, "news")
    alice = world.person("alice")
    await enrol(world.client, alice)
    began = [
        (await world.post("/v1/flows/news/runs", {"account": alice.account})).status_code
        for _ in range(flows.Door.COMPANY.most + 1)
    ]

    await say(world, alice, "Reset")

    assert began[-2:] == [201, 429]
    assert len(codes(alice)) == 1


async def test_a_code_comes_back_and_a_secret_opens_one_sign_in(world: Simulation) -> None:
    api, alice = world.client, world.person("alice")
    await enrol(api, alice)

    await say(world, alice, "Reset")
    code = codes(alice)[0]
    await say(world, alice, f"{code[:3]} {code[3:6]} {code[6:]}")
    secret = secret_of(alice)
    first = await sign_in(api, alice.email, secret)
    again = await sign_in(api, alice.email, secret)
    read = recovery.read_grant(first["grant"])
    assert read is not None
    new = await set_password(api, show("rec", read[0]), first["grant"])

    assert len(code) == 10
    assert len(secret) == 16
    assert first["outcome"] == "must_change"
    assert again["outcome"] == "wrong"
    assert new.status_code == 200
    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"
    assert await told(world) == {"back_in": 1}


async def test_a_secret_lives_an_hour(world: Simulation) -> None:
    api, alice = world.client, world.person("alice")
    await enrol(api, alice)

    await say(world, alice, "RESET")
    await say(world, alice, codes(alice)[0])
    await world.wait(timedelta(minutes=61))

    assert (await sign_in(api, alice.email, secret_of(alice)))["outcome"] == "wrong"


async def test_a_strangers_number_gets_the_same_answer_and_the_same_rows(
    world: Simulation,
) -> None:
    alice, stranger = world.person("alice"), world.person("stranger")
    await enrol(world.client, alice)

    async def rows_of(person: Person) -> list[int]:
        before = await world.db.fetchrow(_ROWS, world.brand.id)
        await say(world, person, "RESET")
        after = await world.db.fetchrow(_ROWS, world.brand.id)
        return [after[name] - before[name] for name in before.keys()]  # noqa: SIM118

    known, unknown = await rows_of(alice), await rows_of(stranger)
    answers = [one.text for one in stranger.phone.inbox]

    assert known == unknown == [2, 1, 1, 1]
    assert answers == [one.text for one in alice.phone.inbox if not one.text[0].isdigit()]
    assert codes(stranger) == []


async def test_wrong_codes_end_it_and_hand_it_to_a_person(world: Simulation) -> None:
    api, alice = world.client, world.person("alice")
    await enrol(api, alice)

    await say(world, alice, "RESET")
    code = codes(alice)[0]
    for _ in range(3):
        await say(world, alice, f"{(int(code) + 1) % 10**10:010d}")
    await say(world, alice, code)
    tickets = (await api.get("/v1/tickets")).json()["data"]

    assert await told(world) == {"handed_over": 1}
    assert [one["topic"] for one in tickets] == ["cannot_get_in"]
    assert not any(_SECRET.match(one.text) for one in alice.phone.inbox)


async def test_a_code_from_another_number_proves_nothing(world: Simulation) -> None:
    alice, mallory = world.person("alice"), world.person("mallory")
    await enrol(world.client, alice)

    await say(world, alice, "RESET")
    await say(world, mallory, codes(alice)[0])
    unproven = await told(world)
    await say(world, alice, codes(alice)[0])

    assert unproven == {}
    assert await told(world) == {"back_in": 1}


async def test_of_several_accounts_a_customer_number_chooses(world: Simulation) -> None:
    api, alice, twin = world.client, world.person("alice"), world.person("twin")
    await enrol(api, alice, customer_number="4711-01")
    twin = Person(twin.account, alice.phone, twin.email)
    await enrol(api, twin, customer_number="4711-02")
    mallory = world.person("mallory")
    await enrol(api, mallory, customer_number="4711-03")

    await say(world, alice, "RESET")
    unnamed = codes(alice)
    await say(world, alice, "reset 4711-03")
    foreign = codes(alice) + codes(mallory)
    await say(world, alice, "reset 4711-02")
    await say(world, alice, codes(alice)[0])

    assert unnamed == foreign == []
    assert (await sign_in(api, twin.email, secret_of(alice)))["outcome"] == "must_change"
    assert not any("4711" in one.text for one in alice.phone.inbox)


async def test_who_has_a_second_factor_is_told_the_way(world: Simulation) -> None:
    api, alice = world.client, world.person("alice")
    await enrol(api, alice, second_factor=True)

    await say(world, alice, "RESET")
    await say(world, alice, codes(alice)[0])

    assert await told(world) == {"shown_the_way": 1}
    assert not any(_SECRET.match(one.text) for one in alice.phone.inbox)


async def test_after_no_by_text_nothing_more_comes(world: Simulation) -> None:
    api, alice = world.client, world.person("alice")
    await enrol(api, alice)

    await say(world, alice, "RESET")
    code = codes(alice)[0]
    await say(world, alice, "NO")
    await say(world, alice, code)
    await world.wait(timedelta(minutes=2))
    await say(world, alice, "RESET")

    assert len(codes(alice)) == 1
    assert not any(_SECRET.match(one.text) for one in alice.phone.inbox)


async def test_asking_again_and_again_sends_three_a_day(world: Simulation) -> None:
    alice, bob = world.person("alice"), world.person("bob")
    await enrol(world.client, alice)
    await enrol(world.client, bob)

    for _ in range(6):
        await say(world, alice, "RESET")
        await world.wait(timedelta(minutes=2))
    await say(world, bob, "RESET")

    assert len(codes(alice)) == 3
    assert len(codes(bob)) == 1


async def test_what_nobody_waits_for_stays_for_a_person(world: Simulation) -> None:
    alice = world.person("alice")
    await enrol(world.client, alice)

    await say(world, alice, "hello, my reset does not work")
    await say(world, alice, "1234567890")

    assert alice.phone.inbox == []
    assert await told(world) == {}


ASKING: Drawn = {
    "begin": ("start_page", {}, {"then": "send"}),
    "send": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "ask"}),
    "ask": (
        "wait_for_reply",
        {"seconds": 3600, "replies": {"call_me": ["call me"]}},
        {"call_me": "hand", "other": "ask", "no_reply": "end"},
    ),
    "hand": ("hand_to_support", {"topic": "cannot_get_in"}, {"handed": "end"}),
    "end": ("finish", {"outcome": "over"}, {}),
}


async def draw(world: Simulation, nodes: Drawn, name: str) -> None:
    """Publish a drawing."""
    document = msgspec.to_builtins(drawn(nodes, name))
    assert (await world.post("/v1/flows", {"document": document})).status_code == 201
    published = await world.post(f"/v1/flows/{name}/publish", {"reason": "first words"})
    assert published.status_code == 201, published.text


async def test_a_reply_by_text_answers_the_run_that_waits_for_it(app_client: Simulation) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await draw(app_client, ASKING, "asking")
    await enrol(api, alice)
    await forgot(api, alice.phone)
    await app_client.deliver()

    await say(app_client, alice, "what is this?")
    await say(app_client, alice, "Call me!")
    tickets = (await api.get("/v1/tickets")).json()["data"]

    assert [one["topic"] for one in tickets] == ["cannot_get_in"]


def test_words_that_a_flow_cannot_fill_in_are_not_published() -> None:
    nodes = {**ASKING, "send": ("send", {"template": "address_changed"}, {"sent": "ask"})}
    other = {**ASKING, "send": ("send", {"template": "one_time_password"}, {"sent": "ask"})}

    codes_of = [flows.check(drawn(one)).errors[0].code for one in (nodes, other)]

    assert codes_of == ["send.lacking", "send.other_proof"]
