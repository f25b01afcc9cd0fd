"""Looking after ways: which countries a brand's texts reach, through what, and from whom."""

from collections.abc import AsyncIterator, Sequence

from sparekey.brands import Brand
from sparekey.db import Executor
from sparekey.gateways.choose import Route
from sparekey.gateways.kinds import hears
from sparekey.gateways.model import Gateway
from sparekey.gateways.senders import NAMELESS, PHONE_CHANNELS, From, choose_sender, is_name
from sparekey.gateways.service.configuring import opened_values
from sparekey.gateways.service.routes import sender_of
from sparekey.gateways.service.routing import Network, network
from sparekey.kit.finding import Finding
from sparekey.kit.keyring import BrokenSeal, Keyring


async def examine_ways(on: Executor, keyring: Keyring, brand: Brand) -> AsyncIterator[Finding]:
    """For each channel of the brand that goes to numbers: countries that no gateway takes, and
    who messages to the others come from."""
    known = await network(on, brand.id)
    for channel in brand.channel_order:
        routes = known.routes_of(channel)
        if channel not in PHONE_CHANNELS or not routes:
            continue
        for finding in _unreached(brand, channel, routes):
            yield finding
        for route in routes:
            gateway = known.gateway(route.gateway)
            for finding in _senders(keyring, brand, known, channel, route, gateway):
                yield finding


def _unreached(brand: Brand, channel: str, routes: Sequence[Route]) -> list[Finding]:
    left_out = [
        country
        for country in brand.countries or ()
        if not any(not route.countries or country in route.countries for route in routes)
    ]
    if not left_out:
        return []
    how = f"sparekey gateways route {brand.slug} NAME --channel {channel} --country …"
    return [Finding(f"{channel} to {', '.join(left_out)}", f"every route leaves it out: {how}")]


def _senders(
    keyring: Keyring, brand: Brand, known: Network, channel: str, route: Route, gateway: Gateway
) -> list[Finding]:
    """One finding for each sender, with the countries that see it; one for those that see none."""
    own, usual = _own_sender(keyring, gateway), sender_of(brand, channel)
    seen: dict[From | None, list[str]] = {}
    for country in brand.countries or ():
        if route.countries and country not in route.countries:
            continue
        found = choose_sender(
            known.senders, usual, gateway=gateway.id, channel=channel, country=country
        )
        if own is not None:
            found = None if is_name(own) and country in NAMELESS else From(own)
        seen.setdefault(found, []).append(country)
    return [
        _finding(brand, gateway, channel, sender, countries) for sender, countries in seen.items()
    ]


def _own_sender(keyring: Keyring, gateway: Gateway) -> str | None:
    """What a gateway sends from whatever anybody says; its other faults are found elsewhere."""
    try:
        return opened_values(keyring, gateway).get("sender")
    except BrokenSeal:
        return None


def _finding(
    brand: Brand, gateway: Gateway, channel: str, sender: From | None, countries: Sequence[str]
) -> Finding:
    about = f"{gateway.name}, {channel} to {', '.join(countries)}"
    if sender is None:
        how = f"sparekey gateways sender {brand.slug} NUMBER --channel {channel} --country …"
        return Finding(about, f"carriers there deliver nothing from a name; give a number: {how}")
    if sender.can_reply and not hears(gateway):
        advice = f"a {gateway.kind} gateway hears nothing: texts say “Reply NO” and nobody hears it"
        return Finding(f"{about} comes from {sender.sender}", advice)
    return Finding(f"{about} comes from {sender.sender}")
