"""What attackers send, in the words of the API."""

from typing import Any

import httpx

from tests.world.cast import Handset, Received


async def start(
    api: httpx.AsyncClient, to: Handset | str, purpose: str = "sign_in", **more: Any
) -> str:
    """Ask for a code and give the id of the challenge."""
    answer = await api.post("/v1/verifications", json={"to": str(to), "purpose": purpose, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def guess(api: httpx.AsyncClient, id: str, code: str) -> Any:
    """Type a code at a challenge."""
    answer = await api.post(f"/v1/verifications/{id}/check", json={"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()


def wrong(right: Received | str, nth: int = 1) -> str:
    """The n-th code, of the same length, that is not the right one."""
    code = right if isinstance(right, str) else right.code
    return f"{(int(code) + nth) % 10 ** len(code):0{len(code)}d}"
