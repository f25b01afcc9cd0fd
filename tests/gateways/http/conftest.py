"""A played provider for every test of the wires over HTTP."""

from collections.abc import AsyncIterator

import pytest

from tests.gateways.http.provider import PlayedProvider, Said


@pytest.fixture
async def provider() -> AsyncIterator[PlayedProvider]:
    """Answers 200 and nothing more, until it is told otherwise."""
    async with PlayedProvider([Said()]).listening() as made:
        yield made
