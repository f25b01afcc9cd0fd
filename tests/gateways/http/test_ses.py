"""SES: requests that its own model and a played AWS (moto) accept."""

import base64
import email.policy
from email import message_from_bytes
from typing import Any

import httpx
import pytest
from botocore.loaders import Loader  # pyright: ignore[reportMissingTypeStubs]
from botocore.model import ServiceModel  # pyright: ignore[reportMissingTypeStubs]
from botocore.validate import ParamValidator  # pyright: ignore[reportMissingTypeStubs]

from sparekey.gateways import KINDS, Refused, UnusableSettings
from tests.gateways.http.cases import TEXT
from tests.gateways.http.provider import Asked, PlayedProvider, Said
from tests.gateways.http.providers.ses import PROVIDERS, VALUES

[SES] = PROVIDERS


async def sent(provider: PlayedProvider, /, **changes: str) -> Asked:
    """What a message makes."""
    provider.answers = [SES.taken]
    await SES.wire(provider.url, **changes).send(SES.outgoing())
    return provider.asked[0]


async def test_a_request_is_one_by_its_own_model(provider: PlayedProvider):
    asked = await sent(provider, configuration_set="mail")
    loaded: Any = Loader()
    model: Any = ServiceModel(loaded.load_service_model("sesv2", "service-2"))
    operation = model.operation_model("SendEmail")
    validator: Any = ParamValidator()
    content = asked.json
    content["Content"]["Raw"]["Data"] = base64.b64decode(content["Content"]["Raw"]["Data"])
    report = validator.validate(content, operation.input_shape)

    assert not report.has_errors()
    assert (asked.method, asked.path) == ("POST", operation.http["requestUri"])
    assert "/eu-west-1/ses/aws4_request" in asked.headers["authorization"]
    assert content["ConfigurationSetName"] == "mail"


async def test_a_mail_is_raw_untracked_and_bounces_to_its_own_address(provider: PlayedProvider):
    said = (await sent(provider, bounces="returns@in.acme.example")).json
    octets = base64.b64decode(said["Content"]["Raw"]["Data"])
    mail: Any = message_from_bytes(octets, policy=email.policy.default)

    assert said["FromEmailAddress"] == "no-reply@acme.example"
    assert said["Destination"] == {"ToAddresses": ["alice@mail.example"]}
    assert said["FeedbackForwardingEmailAddress"] == f"returns+{'b' * 52}@in.acme.example"
    assert set(said["ConfigurationOverrides"]["Tracking"].values()) == {"DISABLED"}
    assert (str(mail["From"]), mail["Subject"]) == ("Acme <no-reply@acme.example>", "Your code")
    assert mail.get_body(("plain",)).get_content().strip() == TEXT


async def test_a_played_aws_takes_a_mail(moto: str):
    async with httpx.AsyncClient(trust_env=False, base_url=moto) as client:
        signed = {
            "authorization": "AWS4-HMAC-SHA256 Credential=A/20260304/eu-west-1/ses/aws4_request"
        }
        identity = {"EmailIdentity": "acme.example"}
        made = await client.post("/v2/email/identities", json=identity, headers=signed)
        accepted = await SES.wire(moto).send(SES.outgoing())
        kept = (await client.get("/moto-api/data.json")).text

    assert made.is_success
    assert accepted.ref
    assert "no-reply@acme.example" in kept


async def test_an_address_that_ses_does_not_take_is_refused(provider: PlayedProvider):
    with pytest.raises(Refused, match="ASCII"):
        await SES.wire(provider.url).send(SES.outgoing(to="älice@mail.example"))

    assert provider.asked == []


async def test_a_gateway_is_looked_over(provider: PlayedProvider):
    examine = KINDS.get("ses").examine
    assert examine is not None
    provider.answers = [Said.json({"SendingEnabled": True}), Said.json({}, 403)]
    right = [one async for one in examine(SES.told(provider.url))]
    wrong = [one async for one in examine(SES.told(provider.url))]

    assert provider.asked[0].path == "/v2/email/account"
    assert [one.advice for one in right] == [None]
    assert "check the account" in str(wrong[0].advice)


def test_settings_are_read():
    with pytest.raises(UnusableSettings, match="sender takes one plain address"):
        KINDS.get("ses").check({**VALUES, "sender": "nobody"})
