"""`sparekey doctor` binds, looks at the certificate, and says what somebody has to do."""

from pathlib import Path

import pytest

from sparekey.gateways.wires.smpp.examining import examine
from sparekey.kit.finding import Finding
from tests.gateways.smpp.texting import settings
from tests.world.certificates import authority
from tests.world.processes import free_port
from tests.world.smsc import smsc


async def findings(**told: str) -> list[Finding]:
    """Everything it says."""
    return [finding async for finding in examine(settings(**told))]


async def test_a_gateway_that_works_is_bound_asked_and_left():
    async with smsc() as carrier:
        found = await findings(port=str(carrier.port))
        await carrier.said("unbind")

    assert [finding.advice for finding in found] == [None]
    assert f"127.0.0.1:{carrier.port} (none), bound as transceiver" in found[0].about
    assert len(carrier.of("enquire_link")) == 1


async def test_both_binds_of_a_pair_are_looked_at():
    async with smsc(on_bind=["take", "status:13"]) as carrier:
        found = await findings(port=str(carrier.port), bind="pair")

    assert [finding.advice is None for finding in found] == [True, False]
    assert "receiver" in found[1].about


@pytest.mark.parametrize(
    ("bind", "advice"),
    [
        ("status:14", "check system_id, password"),
        ("status:83", "system_type"),
        ("status:13", "fewer binds"),
        ("status:5", "fewer binds"),
        ("close", "fewer binds"),
    ],
)
async def test_a_bind_that_fails_is_for_somebody_to_act_on(bind: str, advice: str):
    async with smsc(on_bind=[bind]) as carrier:
        (found,) = await findings(port=str(carrier.port))

    assert found.advice is not None
    assert advice in found.advice
    assert "secret" not in f"{found}"


async def test_a_password_longer_than_the_standard_allows_is_named():
    async with smsc(on_bind=["status:14"]) as carrier:
        (found,) = await findings(port=str(carrier.port), password="ninechars")

    assert "8 characters" in (found.advice or "")


async def test_nobody_there_is_for_somebody_to_act_on():
    (found,) = await findings(port=str(free_port()))

    assert "check host, port" in (found.advice or "")


@pytest.mark.parametrize(("days", "advice"), [(90, None), (5, "have it renewed")])
async def test_a_certificate_that_ends_soon_is_named(tmp_path: Path, days: int, advice: str | None):
    trusted = authority()
    certificate, key = trusted.certify("127.0.0.1", tmp_path, days=days)
    tls = {"cert": certificate.read_text(), "key": key.read_text()}
    async with smsc(tls=tls) as carrier:
        bound, ends = await findings(port=str(carrier.port), security="tls", ca=trusted.pem)

    assert bound.advice is None
    assert ends.advice == advice


async def test_a_certificate_that_nobody_trusts_is_named(tmp_path: Path):
    certificate, key = authority().certify("127.0.0.1", tmp_path)
    tls = {"cert": certificate.read_text(), "key": key.read_text()}
    async with smsc(tls=tls) as carrier:
        (found,) = await findings(port=str(carrier.port), security="tls", ca=authority().pem)

    assert "check host and ca" in (found.advice or "")
    assert carrier.of("bind") == []
