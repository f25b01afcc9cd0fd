"""What the lint refuses is not saved, and the answer says where and what to say instead."""

from typing import Any

import pytest

from tests.recovery.steps import at_brand
from tests.templates.writing import GOOD_EMAIL, GOOD_SMS, save
from tests.world.simulated import Simulation


async def test_a_refusal_names_rule_place_and_plainer_words(app_client: Simulation):
    answer = await save(app_client.client, sms=GOOD_SMS + " Act now. You must hurry.")
    problem = answer.json()
    findings = {one["instead"]: one for one in problem["findings"] if one["severity"] == "error"}

    assert (answer.status_code, problem["code"]) == (422, "template.refused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert findings[""] == {
        "rule": "tone",
        "severity": "error",
        "place": "sms",
        "message": "the sms says “act now”; it can go",
        "instead": "",
    }
    assert findings["say what to do: “Open this link”"]["rule"] == "tone"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"sms": "Hello"}, "brand"),
        ({"sms": GOOD_SMS + " https://evil.example/x"}, "link_host"),
        ({"sms": GOOD_SMS + "\n@evil.example #666666"}, "renders"),
        ({"sms": GOOD_SMS + " {% for i in (1..9) %}x{% endfor %}"}, "renders"),
        ({"sms": GOOD_SMS + " {{ password }}"}, "variables"),
        ({"sms": GOOD_SMS + " {% if code == '12345678' %}x{% endif %}"}, "conditions"),
        ({"email": {**GOOD_EMAIL, "subject": "{{ code }}"}}, "subject_code"),
        ({"email": {**GOOD_EMAIL, "mjml": "<script>alert(1)</script>"}}, "renders"),
        ({"email": {**GOOD_EMAIL, "mjml": '<mj-image src="https://x.example/p.png"/>'}}, "renders"),
        ({"email": {**GOOD_EMAIL, "mjml": "<mj-text>" * 400}}, "renders"),
        ({"email": {**GOOD_EMAIL, "text": "{{ code }}"}}, "brand"),
    ],
)
async def test_bad_words_are_not_saved(app_client: Simulation, words: dict[str, Any], rule: str):
    answer = await save(app_client.client, **words)
    read = await app_client.client.get("/v1/templates/sign_in_code/en")

    assert answer.status_code == 422
    assert rule in {one["rule"] for one in answer.json()["findings"]}
    assert read.json()["version"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sms": ""},
        {"sms": "x" * 1001},
        {"sms": GOOD_SMS, "html": "x"},
        {"email": {"subject": "x", "text": "y"}},
        {"sms": "x\u0000y"},
        {"email": {**GOOD_EMAIL, "subject": "two\nlines"}},
    ],
)
async def test_a_body_that_is_none_is_refused(app_client: Simulation, body: dict[str, Any]):
    answer = await save(app_client.client, **body)

    assert answer.status_code == 400


async def test_lines_may_be_broken_in_words(app_client: Simulation):
    answer = await save(app_client.client, sms=GOOD_SMS.replace(" Not you?", "\nNot you?"))

    assert answer.status_code == 200, answer.text


async def test_a_preview_shows_what_would_be_sent_and_saves_nothing(app_client: Simulation):
    preview = await app_client.post(
        "/v1/templates/sign_in_code/preview", {"sms": GOOD_SMS, "email": GOOD_EMAIL}
    )
    shown = preview.json()
    read = await app_client.client.get("/v1/templates/sign_in_code/en")

    assert preview.status_code == 200
    assert shown["sms"]["text"].startswith("1234 5678 9012 signs you in at Acme, says Jo.")
    assert shown["sms"]["text"].endswith("\n@recover.acme.example #123456789012")
    assert (shown["sms"]["encoding"], shown["sms"]["segments"]) == ("gsm7", 2)
    assert (shown["sms"]["units"], shown["sms"]["per_segment"]) == (len(shown["sms"]["text"]), 153)
    assert shown["email"]["subject"] == "Jo sends you a code for Acme"
    assert shown["email"]["html"].startswith("<!doctype html>")
    assert (
        f"https://recover.acme.example/{app_client.brand.slug}/not-me?m="
        in (shown["email"]["text"])
    )
    assert read.json()["version"] == 0


async def test_a_preview_of_nothing_in_particular_shows_what_is_in_use(app_client: Simulation):
    ours = await app_client.post("/v1/templates/sign_in_code/preview", {"locale": "ar"})
    await save(app_client.client, "sign_in_code", "ar", sms=ARABIC)
    own = await app_client.post("/v1/templates/sign_in_code/preview", {"locale": "ar"})

    assert (ours.json()["sms"]["encoding"], own.json()["sms"]["encoding"]) == ("ucs2", "ucs2")
    assert "جو" in own.json()["sms"]["text"]
    assert "جو" not in ours.json()["sms"]["text"]


async def test_a_preview_wears_the_colour_of_its_brand(app_client: Simulation):
    await at_brand(app_client, colour="#8a5300")
    preview = await app_client.post("/v1/templates/recovery_link/preview", {"locale": "en"})

    assert "background:#8a5300" in preview.json()["email"]["html"]


async def test_a_preview_of_bad_words_says_what_is_wrong(app_client: Simulation):
    preview = await app_client.post("/v1/templates/sign_in_code/preview", {"sms": "{{ code"})
    shown = preview.json()

    assert preview.status_code == 200
    assert shown["sms"] is None
    assert [one["rule"] for one in shown["findings"]] == ["renders"]


async def test_the_list_says_what_may_be_filled_in(app_client: Simulation):
    await save(app_client.client, sms=GOOD_SMS)
    listed = (await app_client.client.get("/v1/templates")).json()["data"]
    mine = next(one for one in listed if one["name"] == "sign_in_code")

    assert len(listed) == 27
    assert mine["own_locales"] == ["en"]
    assert mine["locales"] == ["ar", "de", "en", "es", "fr"]
    assert mine["variables"][1] == {
        "name": "code",
        "about": "the code, ungrouped",
        "required": True,
        "sample": "123456789012",
    }


ARABIC = (
    "{{ code }} لتسجيل الدخول إلى {{ brand }} مع جو. صالح لمدة {{ valid_for }}. "
    "لم تطلب ذلك؟ {{ not_me_url }}"
)
