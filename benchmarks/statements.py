"""The two hot functions as SQL that pgbench can send, with arguments like a server's.

Keys are drawn as widely as the load's phone numbers draw them: 3,900,000,000 numbers over 394,000
prefixes. Times are the database's own, ids are UUIDv7 of the moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from benchmarks.recording import Recorded, literal, record
from sparekey import verification
from sparekey.kit.address import read_phone
from sparekey.kit.ids import floor_id
from sparekey.kit.keyring import Keyring
from sparekey.verification import Channel, Purpose, Start

NUMBERS = 3_900_000_000
PREFIXES = 394_000
#: Challenges are made by so many connections at once, each so many in one transaction. Each has
#: shards of the budget to itself, for in one transaction they are locked in any order.
LANES = 4
LANE = 1000
_KEY_BYTES = 16
_ONE, _ITS_NEIGHBOUR = "+447200000001", "+447200000002"
_FRESH_ID = (
    "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'"
    " || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"
)


@dataclass(frozen=True, slots=True)
class Statements:
    """Two scripts for pgbench, and the statement that makes challenges for the second."""

    start: str
    check: str
    make: str


async def statements(keyring: Keyring, brand_id: int, at: datetime) -> Statements:
    """Record both calls of the product and let vary what varies from request to request."""
    start, neighbour = await _starts(keyring, brand_id, at)
    check = await record(
        lambda on: verification.check_code(
            on, keyring, id=floor_id(at), brand_id=brand_id, typed="12345678", at=at
        )
    )
    varying = _varying(start, neighbour, at)
    made = {**varying, "id": _made_id(at, "n"), "expires_at": "now() + interval '1 hour'"}
    made["shard"] = f"((n - 1) / {LANE} % {LANES} * 16 + n % 16)::smallint"
    draws = f"\\set n random(1, {NUMBERS})\n\\set p random(1, {PREFIXES})\n"
    turn = "\\set i :i + 1\n\\set n 1 + permute(:base + :i * 16 + :client_id, :size, 7)\n"
    checked = check.filled({"id": _made_id(at, ":n"), "at": "now()"})
    series = "generate_series($1::bigint, $2::bigint) AS n"
    making = start.filled(made).replace(":n", "n").replace(":p", "n")
    return Statements(
        start=f"{draws}SELECT * FROM {start.filled(varying)};\n",
        check=f"{turn}SELECT * FROM {checked};\n",
        make=f"SELECT count(made.id) FROM {series}, LATERAL {making} AS made",
    )


def made_id(at: datetime, number: int) -> UUID:
    """The id of the n-th challenge that `Statements.make` makes."""
    return UUID(int=floor_id(at).int | 0x7 << 76 | 0b10 << 62 | number)


def _made_id(at: datetime, number: str) -> str:
    head = str(made_id(at, 0))[:24]
    return f"('{head}' || lpad(to_hex({number}::bigint), 12, '0'))::uuid"


async def _starts(keyring: Keyring, brand_id: int, at: datetime) -> tuple[Recorded, Recorded]:
    first, second = [
        await record(lambda on, to=to: verification.issue(on, keyring, _start(brand_id, to), at=at))
        for to in (_ONE, _ITS_NEIGHBOUR)
    ]
    return first, second


def _start(brand_id: int, to: str) -> Start:
    """What the door makes of {"to": …, "purpose": "sign_in"}."""
    return Start(
        brand_id=brand_id,
        is_sandbox=True,
        base=8,
        purpose=Purpose.SIGN_IN,
        channel=Channel.SMS,
        to=read_phone(to),
        template="sign_in_code",
        locale="en",
        typed=to,
    )


def _varying(start: Recorded, neighbour: Recorded, at: datetime) -> dict[str, str]:
    keys = _keys(start.values, neighbour.values)
    found = {"shard": "(:n::bigint % 64)::smallint"}
    for name, value in start.values.items():
        match value:
            case UUID():
                found[name] = _FRESH_ID
            case datetime():
                found[name] = f"now() + interval '{(value - at).total_seconds()} seconds'"
            case bytes() if value in keys:
                found[name] = keys[value]
            case [bytes(), *_] if any(item in keys for item in value):
                items = [keys.get(item) or literal(item) + "::bytea" for item in value]
                found[name] = f"ARRAY[{', '.join(items)}]"
            case _:
                continue
    return found


def _keys(one: Mapping[str, Any], neighbour: Mapping[str, Any]) -> dict[bytes, str]:
    """An expression for each subject: what two numbers of a prefix share is drawn as a prefix."""
    shared = set(_subjects(neighbour))
    return {
        key: f"decode(md5('{place}' || :{'p' if key in shared else 'n'}::text), 'hex')"
        for place, key in enumerate(_subjects(one))
    }


def _subjects(values: Mapping[str, Any]) -> list[bytes]:
    found: dict[bytes, None] = {}
    for value in values.values():
        items = cast("Sequence[Any]", value if isinstance(value, list | tuple) else [value])
        keys = [item for item in items if isinstance(item, bytes) and len(item) == _KEY_BYTES]
        found.update(dict.fromkeys(keys))
    return list(found)
