"""Texts go to the countries a brand has allowed, one by one; to any other, silently nowhere."""

from collections.abc import Iterator

from sparekey.guard.model import Asked, Limit, Rule, Silence


def limits(asked: Asked) -> Iterator[Limit]:
    """`allowed_countries` None allows every country (sandbox brands)."""
    if asked.country is None or asked.allowed_countries is None:
        return
    if asked.country not in asked.allowed_countries:
        yield Silence("country")


rule = Rule(limits)
