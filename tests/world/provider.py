"""A provider that the test plays: it takes messages, signs what it tells, and texts for people."""

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from sparekey import brands, gateways
from sparekey.app import build
from sparekey.gateways import Forged, Hears, Incoming, Kind, Raw, Reply, Report, Unreadable, Values
from sparekey.kit.ids import show
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation
from tests.world.wires import PlayedWire

NUMBER = "+447400000111"
_SECRET = "the provider's own"
_BASE = "https://recover.acme.example"


@dataclass(slots=True)
class Provider:
    """One live brand's gateway to it."""

    simulation: Simulation
    brand: brands.Brand
    api: httpx.AsyncClient
    gateway: gateways.Gateway
    wire: PlayedWire
    opened: list[gateways.Around]
    refs: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    @property
    def path(self) -> str:
        """Where it tells what happened."""
        path = gateways.path_of(self.gateway)
        return f"/hooks/{gateways.hook_token(self.simulation.keyring, path).reveal()}"

    async def tell(self, *said: dict[str, Any], **request: Any) -> httpx.Response:
        """Send these things, signed."""
        return await self.send(json.dumps({"said": said}).encode(), **request)

    async def send(
        self,
        body: bytes,
        *,
        signature: str | None = None,
        path: str | None = None,
        query: str = "",
        **headers: str,
    ) -> httpx.Response:
        """Send octets, signed unless another signature is given."""
        url = f"{path or self.path}{'?' + query if query else ''}"
        signed = sign(f"{_BASE}{url}", body) if signature is None else signature
        return await self.simulation.client.post(
            url, content=body, headers={**headers, "Signature": signed, "Authorization": ""}
        )

    def lent(self) -> gateways.Around:
        """What its wire was given when it was opened."""
        return self.opened[-1]

    async def text(self, sender: object, text: str, **more: Any) -> None:
        """Somebody texts the brand's number; everything that follows is done."""
        said = incoming(sender, text, ref=f"mo-{next(self.refs)}", **more)
        assert (await self.tell(said)).status_code == 204
        await self.simulation.deliver()

    async def ask(self, to: object, purpose: str = "sign_in", **more: Any) -> str:
        """The brand sends somebody a code; the id of the challenge."""
        answer = await self.api.post(
            "/v1/verifications", json={"to": str(to), "purpose": purpose, **more}
        )
        assert answer.status_code == 201, answer.text
        await self.simulation.deliver()
        return answer.json()["id"]

    async def check(self, id: str, code: str) -> Any:
        """Type a code."""
        answer = await self.api.post(f"/v1/verifications/{id}/check", json={"code": code})
        return answer.json()

    def sent_to(self, address: object) -> Sequence[str]:
        """The words of everything that really went to somebody."""
        return [one.text for one in self.wire.sent if one.to == str(address)]

    def last(self) -> UUID:
        """The id of the last message that it took."""
        return self.wire.sent[-1].id

    async def state_of(self, id: UUID) -> str:
        """What became of a message."""
        answer = await self.api.get(f"/v1/messages/{show('msg', id)}")
        return answer.json()["status"]


def receipt(id: UUID, outcome: str, **more: Any) -> dict[str, Any]:
    """What became of a message."""
    return {"is": "receipt", "id": str(id), "outcome": outcome, **more}


def incoming(sender: object, text: str, **more: Any) -> dict[str, Any]:
    """A text to the brand's number."""
    return {"is": "text", "from": str(sender), "to": NUMBER, "text": text, **more}


def sign(url: str, body: bytes) -> str:
    """Over the public address and the body, as most providers do."""
    return hmac.digest(_SECRET.encode(), url.encode() + body, hashlib.sha256).hex()


async def _verify(_values: Values, raw: Raw) -> None:
    if not hmac.compare_digest(raw.header("signature") or "", sign(raw.url, raw.body)):
        raise Forged("the signature is not the provider's")


def _read(_values: Values, raw: Raw) -> list[Report | Incoming]:
    try:
        said = json.loads(raw.body)["said"]
        return [_heard(one) for one in said]
    except (ValueError, KeyError) as error:
        raise Unreadable("not what this provider sends") from error


def _heard(one: dict[str, Any]) -> Report | Incoming:
    at = datetime.fromisoformat(one["at"]) if "at" in one else None
    if one["is"] == "receipt":
        return Report(gateways.Outcome(one["outcome"]), id=UUID(one["id"]), at=at)
    return Incoming("sms", one["from"], one["to"], one["text"], one.get("ref"), at)


def piece(sender: str, part: int, *, at: datetime) -> Raw:
    """One of the two parts of a long text, as an SMSC's connection brings it."""
    said = {"from": sender, "part": part}
    return Raw("DELIVER_SM", "", (("group", "7"),), json.dumps(said).encode(), at)


def _join(_values: Values, group: Sequence[Raw]) -> list[Incoming]:
    said = {one["part"]: one for one in map(json.loads, (raw.body for raw in group))}
    if set(said) != {1, 2}:
        return []
    text = " ".join(f"part {part}" for part in sorted(said))
    return [Incoming("sms", said[1]["from"], NUMBER, text, ref="whole")]


HEARS = Hears(_verify, _read, lambda _values: True, lambda _values, _raw: Reply(204), join=_join)


@asynccontextmanager
async def providing(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, *, kind: str = "played"
) -> AsyncGenerator[Provider]:
    """A live brand with a number that takes replies, and its gateway."""
    wire = PlayedWire()
    opened: list[gateways.Around] = []

    def open_wire(around: gateways.Around, _values: Values) -> PlayedWire:
        opened.append(around)
        return wire

    declared = Kind(frozenset({"sms", "email"}), open_wire, (), hears=HEARS)
    monkeypatch.setitem(vars(gateways.KINDS)["_loaded"], kind, declared)
    brand, key = await make_brand(
        simulation.db,
        simulation.clock(),
        is_sandbox=False,
        countries=("GB",),
        base_url=_BASE,
        sender=brands.Sender("Acme", NUMBER, can_reply=True),
        support=brands.Support(phone="+44 20 7946 0000"),
    )
    gateway = await gateways.add(
        simulation.db,
        simulation.keyring,
        brand,
        name="played",
        kind=kind,
        channels=(),
        values={},
        at=simulation.clock(),
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build(simulation.house), client=("203.0.113.9", 40000)),
        base_url="http://sparekey",
        headers={"Authorization": f"Bearer {key}"},
    ) as api:
        yield Provider(simulation, brand, api, gateway, wire, opened)


@pytest.fixture
async def provider(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Provider]:
    """A live brand's own provider."""
    async with providing(app_client, monkeypatch) as made:
        yield made
