"""The sandbox's screen: what it shows, to whom, and what is typed there."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from sparekey.app import build
from sparekey.db import Db, statement
from sparekey.kit.keyring import Keyring
from sparekey.sandbox.model import pieces
from tests.attacks.requests import start
from tests.world.basics import MovableClock
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation, opened, simulating

HERE = "http://127.0.0.1:8000"
REPLIES = statement(
    "SELECT sender || ' ' || recipient || ' ' || text FROM sandbox.reply ORDER BY id", returns=str
)
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def here(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
) -> AsyncIterator[Simulation]:
    """The product at an address of this machine."""
    house = opened(database_url, db, keyring, clock, SPAREKEY_BASE_URL=HERE)
    async with simulating(house, clock) as simulation:
        yield simulation


@pytest.fixture
async def browser(here: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine."""
    transport = httpx.ASGITransport(build(here.house))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


async def test_a_text_is_a_bubble_whose_code_stays_together(
    here: Simulation, browser: httpx.AsyncClient
):
    alice = here.person("alice")
    await start(here.client, alice.phone, "sign_in")
    await here.deliver()

    page = (await browser.get("/sandbox")).text

    code = alice.phone.inbox[-1].code
    assert f'<bdi class="together" dir="ltr">{code[:4]} {code[4:]}</bdi>' in page
    assert f'<bdi dir="ltr">{alice.phone}</bdi>' in page
    assert "signs you in" in page


async def test_an_email_is_listed_and_its_plain_text_shown_with_links_for_a_new_tab(
    here: Simulation, browser: httpx.AsyncClient
):
    alice = here.person("alice")
    await start(here.client, alice.email, "sign_in")
    await here.deliver()

    page = (await browser.get("/sandbox")).text

    mail = alice.email.inbox[-1]
    assert mail.subject is not None
    assert page.count(mail.subject) == 2
    link = f'href="{mail.not_me_url}" target="_blank" rel="noopener noreferrer"'
    assert link in unescape(page)


async def test_an_email_is_a_document_that_may_do_nothing(
    here: Simulation, browser: httpx.AsyncClient
):
    alice = here.person("alice")
    await start(here.client, alice.email, "sign_in")
    await here.deliver()
    page = (await browser.get("/sandbox")).text
    [source] = re.findall(r'<iframe [^>]*src="([^"]+)"', page)

    framed = await browser.get(unescape(source))

    policy = framed.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert alice.email.inbox[-1].code in re.sub(r"[ -]", "", framed.text)
    assert framed.text.count("<a ") == framed.text.count('<a target="_blank" rel="noopener')


async def test_no_address_and_no_code_stands_in_a_url(here: Simulation, browser: httpx.AsyncClient):
    alice = here.person("alice")
    await start(here.client, alice.phone, "sign_in")
    await start(here.client, alice.email, "sign_in")
    await here.deliver()

    page = (await browser.get("/sandbox")).text

    urls = re.findall(r'(?:href|src|action|value)="([^"]+)"', page)
    assert len(urls) > 5
    for handset in (alice.phone, alice.email):
        assert not [url for url in urls if handset.address in url or handset.inbox[-1].code in url]


async def test_the_phone_and_mailbox_that_were_chosen_stay_open(
    here: Simulation, browser: httpx.AsyncClient
):
    alice, bob = here.person("alice"), here.person("bob")
    for person in (alice, bob):
        await start(here.client, person.phone, "sign_in")
        await start(here.client, person.email, "sign_in")
    await here.deliver()
    page = (await browser.get("/sandbox")).text
    options = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', page)
    chosen = {shown: name for name, shown in options}

    names = {"phone": chosen[str(alice.phone)], "mailbox": chosen[str(alice.email)]}
    page = (await browser.get("/sandbox", params={"brand": here.brand.slug, **names})).text

    assert f'<bdi dir="ltr">{alice.phone}</bdi>' in page
    assert f'<bdi dir="ltr">{alice.email}</bdi>' in page
    assert f'<bdi dir="ltr">{bob.phone}</bdi>' not in page


async def test_a_number_that_was_typed_is_opened_under_a_sealed_name(
    here: Simulation, browser: httpx.AsyncClient
):
    bob = here.person("bob")
    where = f"/sandbox/open?brand={here.brand.slug}"

    went = await browser.post(where, data={"address": bob.phone.address}, headers=OWN)
    page = (await browser.get(went.headers["location"])).text
    wrong = await browser.post(where, data={"address": "0800 nobody"}, headers=OWN)

    assert went.status_code == 303
    assert bob.phone.address[1:] not in went.headers["location"]
    assert f'<bdi dir="ltr">{bob.phone}</bdi>' in page
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


async def test_what_is_typed_on_the_phone_is_kept_as_an_incoming_text(
    here: Simulation, browser: httpx.AsyncClient
):
    alice = here.person("alice")
    await start(here.client, alice.phone, "sign_in")
    await here.deliver()
    page = (await browser.get("/sandbox")).text
    [action] = re.findall(r'action="(/sandbox/replies[^"]+)"', page)

    went = await browser.post(unescape(action), data={"text": "NO\nnot me"}, headers=OWN)
    page = (await browser.get(went.headers["location"])).text

    assert went.status_code == 303
    assert await REPLIES.all(here.db) == [f"{alice.phone} Acme NO\nnot me"]
    assert '<p class="bubble" dir="auto">NO\nnot me</p>' in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
    ids=str,
)
async def test_a_form_of_another_site_types_nothing(
    here: Simulation, browser: httpx.AsyncClient, headers: dict[str, str]
):
    alice = here.person("alice")
    await start(here.client, alice.phone, "sign_in")
    await here.deliver()
    page = (await browser.get("/sandbox")).text
    [action] = re.findall(r'action="(/sandbox/replies[^"]+)"', page)

    refused = await browser.post(unescape(action), data={"text": "NO"}, headers=headers)

    assert refused.status_code in {403, 404}
    assert await REPLIES.all(here.db) == []


async def test_words_of_others_are_words_and_no_markup(
    here: Simulation, browser: httpx.AsyncClient
):
    evil = "<script>alert(1)</script><img src=//evil.example>"
    page = (await browser.get("/sandbox")).text
    [action] = re.findall(r'action="(/sandbox/open[^"]+)"', page)[:1]
    bob = here.person("bob")
    went = await browser.post(unescape(action), data={"address": str(bob.phone)}, headers=OWN)
    page = (await browser.get(went.headers["location"])).text
    [action] = re.findall(r'action="(/sandbox/replies[^"]+)"', page)

    went = await browser.post(unescape(action), data={"text": evil}, headers=OWN)
    page = await browser.get(went.headers["location"])

    assert evil not in page.text
    assert evil in unescape(page.text)
    assert "unsafe" not in page.headers["content-security-policy"]


async def test_decoys_are_not_on_screen(here: Simulation, browser: httpx.AsyncClient):
    alice = here.person("alice")
    for _ in range(3):
        await start(here.client, alice.phone, "sign_in")
    await here.deliver()

    page = (await browser.get("/sandbox")).text

    assert page.count('class="came"') == 1


async def test_a_live_brand_has_no_screen(here: Simulation, browser: httpx.AsyncClient):
    live, _ = await make_brand(here.db, here.clock(), is_sandbox=False)

    for path in ("/sandbox", "/sandbox/events"):
        assert (await browser.get(path, params={"brand": live.slug})).status_code == 404
    assert live.slug not in (await browser.get("/sandbox")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8000"},
        {"Host": "localhost:8000"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:8001"},
        {"Host": "127.0.0.1:8000.evil.example"},
        {"Host": ""},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=127.0.0.1:8000"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
async def test_whoever_comes_another_way_finds_nothing(
    here: Simulation, browser: httpx.AsyncClient, headers: dict[str, str]
):
    nothing = await browser.get("/sandpit", headers=headers)
    for path in ("/sandbox", "/sandbox/events", "/sandbox/email/msg_1"):
        found = await browser.get(path, headers=headers)

        assert found.status_code == 404
        assert _but_for_its_id(found) == _but_for_its_id(nothing)
    for path in ("/sandbox/open", "/sandbox/replies"):
        assert (await browser.post(path, headers={**OWN, **headers})).status_code == 404


@pytest.mark.parametrize("base_url", ["https://recover.acme.example", "https://127.0.0.2"])
async def test_a_server_for_others_has_no_screen_whoever_asks(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock, base_url: str
):
    house = opened(database_url, db, keyring, clock, SPAREKEY_BASE_URL=base_url)
    transport = httpx.ASGITransport(build(house), client=("127.0.0.1", 40000))
    async with httpx.AsyncClient(transport=transport) as client:
        for host in (base_url, HERE, "http://localhost", "http://[::1]"):
            assert (await client.get(f"{host}/sandbox")).status_code == 404


def test_a_text_is_cut_where_a_screen_shows_it_otherwise():
    text = "Your code: 1234 5678 9012. Not you? https://a.example/x?m=1."

    found = [(one.kind, one.text) for one in pieces(text)]

    assert found == [
        ("words", "Your code: "),
        ("code", "1234 5678 9012"),
        ("words", ". Not you? "),
        ("link", "https://a.example/x?m=1"),
        ("words", "."),
    ]


def _but_for_its_id(answer: httpx.Response) -> str:
    return re.sub(r'"instance":"[^"]+"', "", answer.text)
