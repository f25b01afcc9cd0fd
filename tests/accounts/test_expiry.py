"""When a password expires: told by the company, and over with the password it is about."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sparekey import accounts
from tests.accounts.conftest import Company
from tests.accounts.importing import Import
from tests.recovery.steps import NEW_PASSWORD, enrol, recover
from tests.world.simulated import Simulation

MOMENT = "2027-03-31T21:59:00+00:00"


async def told(api: httpx.AsyncClient, account: str) -> datetime | None:
    """When the account's password expires, as the company reads it back."""
    shown = (await api.get(f"/v1/accounts/{account}")).json()["password_expires_at"]
    return None if shown is None else datetime.fromisoformat(shown)


async def test_it_is_kept_changed_and_emptied_as_every_other_field(
    app_client: Simulation,
) -> None:
    api, alice = app_client.client, app_client.person("alice")
    path = f"/v1/accounts/{alice.account}"

    await enrol(api, alice, password_expires_at=MOMENT)
    at_first = await told(api, alice.account)
    await api.patch(path, json={"name": "Alice"})
    untouched = await told(api, alice.account)
    await api.patch(path, json={"password_expires_at": "2027-05-01T00:00:00+02:00"})
    moved = await told(api, alice.account)
    await api.put(path, json={"name": "Alice"})

    assert at_first == untouched == datetime.fromisoformat(MOMENT)
    assert moved == datetime(2027, 4, 30, 22, tzinfo=UTC)
    assert await told(api, alice.account) is None


async def test_a_password_and_its_expiry_are_told_in_one_request(app_client: Simulation) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice)

    body = {"password": NEW_PASSWORD, "password_expires_at": MOMENT}
    answer = await api.patch(f"/v1/accounts/{alice.account}", json=body)

    assert answer.status_code == 200
    assert await told(api, alice.account) == datetime.fromisoformat(MOMENT)


async def test_a_recovery_ends_it(app_client: Simulation) -> None:
    api, alice = app_client.client, app_client.person("alice")
    await enrol(api, alice, password_expires_at=MOMENT)

    await recover(app_client, alice)

    assert await told(api, alice.account) is None


@pytest.mark.parametrize("moment", ["tomorrow", "2027-03-31T23:59:00", 1_800_000_000])
async def test_a_time_without_a_zone_is_refused(moment: object, app_client: Simulation) -> None:
    alice = app_client.person("alice")

    answer = await app_client.client.put(
        f"/v1/accounts/{alice.account}", json={"password_expires_at": moment}
    )

    assert answer.status_code == 400


IMPORTED = """account,password_expires_at
a1,2027-03-31T23:59:00+02:00
a2,2027-03-31
a3,
a4,soon
a5,2027-03-31T23:59:00
"""


async def test_a_file_tells_it_and_a_line_that_tells_nonsense_is_named(
    company: Company, database_url: str, tmp_path: Path
) -> None:
    importing = Import(company, database_url, tmp_path)

    faults = await importing.faults(IMPORTED)
    found = [
        await accounts.get(company.db, company.keyring, company.brand.id, ref)
        for ref in ("a1", "a2", "a3", "a4")
    ]

    assert faults == [
        ("5", "password_expires_at", "import.no_time"),
        ("6", "password_expires_at", "import.no_time"),
    ]
    assert [one and one.password_expires_at for one in found] == [
        datetime(2027, 3, 31, 21, 59, tzinfo=UTC),
        datetime(2027, 3, 31, tzinfo=UTC),
        None,
        None,
    ]
