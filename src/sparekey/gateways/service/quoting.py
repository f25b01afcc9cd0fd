"""What a text would cost, before it is sent."""

from sparekey.brands import Brand
from sparekey.db import Executor
from sparekey.gateways.choose import Wanted, longest_prefix, order
from sparekey.gateways.service.routing import network, prices_of


async def quotes(on: Executor, brand: Brand, *, template: str, purpose: str) -> dict[str, int]:
    """What one part of this text costs to a mobile of each of the brand's countries, through the
    gateway that is tried first; without the countries that it has no price for."""
    found: dict[str, int] = {}
    known = await network(on, brand.id)
    for country in brand.countries or ():
        wanted = Wanted("sms", _a_mobile(country), country, purpose, template, is_urgent=True)
        first = order(known.routes_of("sms"), wanted, {}, _even).gateways[:1]
        for gateway in first:
            price = longest_prefix(await prices_of(on, gateway), wanted.digits)
            if price is not None:
                found[country] = price
    return found


def _even() -> float:
    return 0.5


def _a_mobile(country: str) -> str:
    """Some mobile number of a country, from its number plan."""
    from phonenumbers import (  # its tables are loaded by who reads numbers
        PhoneNumberFormat,
        PhoneNumberType,
        example_number_for_type,
        format_number,
    )

    number = example_number_for_type(country, PhoneNumberType.MOBILE)
    return "" if number is None else format_number(number, PhoneNumberFormat.E164)
