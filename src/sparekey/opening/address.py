"""Nobody is served under an address that they cannot reach: links in messages are made of it."""

from urllib.parse import urlsplit

from sparekey import brands
from sparekey.kit.hosts import stays_here
from sparekey.opening.connecting import patiently
from sparekey.opening.failure import CannotStart
from sparekey.opening.house import House


async def require_address(house: House) -> None:
    """CannotStart unless the links in messages lead those who get them to us.

    Without a base URL only this machine is served; a loopback base URL is for sandbox brands.
    """
    settings = house.settings
    if settings.base_url is None and not stays_here(settings.host):
        raise CannotStart(
            f"Others reach {settings.host}, but links need an address: set SPAREKEY_BASE_URL to"
            " where customers reach Sparekey, such as https://recover.example.com"
        )
    for brand in await patiently(lambda: brands.everyone(house.db)):
        address = brand.base_url or house.base_url
        if not brand.is_sandbox and stays_here(urlsplit(address).hostname or ""):
            raise CannotStart(
                f"{brand.slug} is a live brand, and none of its customers reaches {address}: set"
                " SPAREKEY_BASE_URL to where they reach Sparekey, such as"
                " https://recover.example.com"
            )
