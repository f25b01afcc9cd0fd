"""Octets that a line might bring, found by what they reach in the code: run by its test.

`python -m tests.gateways.smpp.fuzzing -max_total_time=60 …` takes the options of libFuzzer.
"""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import atheris  # pyright: ignore[reportMissingTypeStubs]

fuzzer: Any = atheris
with fuzzer.instrument_imports(include=["sparekey.gateways.wires.smpp", "sparekey.kit"]):
    from sparekey.gateways.model import Raw, Unreadable
    from sparekey.gateways.wires.smpp import hearing
    from sparekey.gateways.wires.smpp.fields import Malformed
    from sparekey.gateways.wires.smpp.pdu import Command, Frames, Pdu
    from sparekey.gateways.wires.smpp.settings import read_settings

_AT = datetime(2026, 3, 4, tzinfo=UTC)
_PLAIN = {"host": "127.0.0.1", "security": "none", "system_id": "a", "password": "b"}
_SETTINGS = (
    read_settings({**_PLAIN, "time_zone": "UTC", "profile": "hex-ids"}),
    read_settings({**_PLAIN, "profile": "latin1", "receipt_form": "{id},{},{stat},{err},{done}"}),
)


def take(octets: bytes) -> None:
    """All that is done with what comes in, on a line of the octets and on a body of them."""
    heard: list[Pdu] = [
        Pdu(command, 0, 1, octets) for command in (Command.DELIVER_SM, Command.DATA_SM)
    ]
    with suppress(Malformed):
        heard += [pdu for pdu in Frames().feed(octets) if pdu.command in hearing.METHODS]
    stored = [hearing.raw(pdu, _AT) for pdu in heard]
    for settings in _SETTINGS:
        for raw in stored:
            _hear(settings, raw)
        _join(settings, stored)


def _hear(settings: Any, raw: Raw) -> None:
    with suppress(Unreadable):
        hearing.read(settings, raw)


def _join(settings: Any, stored: list[Raw]) -> None:
    with suppress(Unreadable):
        hearing.join(settings, stored)


if __name__ == "__main__":
    fuzzer.Setup(sys.argv, take)
    fuzzer.Fuzz()
