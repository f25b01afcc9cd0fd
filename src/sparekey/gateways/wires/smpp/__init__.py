"""The wire to a carrier's SMSC: texts leave by SMPP 3.4, receipts and replies come by it.

A bind is kept up from the first text on, or from `listen` on, which is sooner. The modules, from
the line upwards: `fields`, `pdu`, `connection`, `binding`, `link`; what texts are: `profiles`,
`alphabets`, `splitting`, `texts`, `pieces`, `receipts`; the wire: `sending`, `pacing`, `inlet`,
`hearing`, `examining`.
"""

from collections.abc import AsyncIterator, Sequence

from sparekey.gateways.model import Around, Heard, Hears, Kind, Raw, Values, Wire
from sparekey.gateways.wires.smpp.settings import SETTINGS, read_settings
from sparekey.kit.finding import Finding


def _open(around: Around, values: Values) -> Wire:
    from sparekey.gateways.wires.smpp.sending import SmppWire

    return SmppWire(read_settings(values), around.store)


def _check(values: Values) -> None:
    read_settings(values)


async def _examine(values: Values) -> AsyncIterator[Finding]:
    from sparekey.gateways.wires.smpp.examining import examine

    async for finding in examine(read_settings(values)):
        yield finding


async def _verify(_values: Values, raw: Raw) -> None:
    from sparekey.gateways.wires.smpp.hearing import refuse_hook

    refuse_hook(raw)


def _read(values: Values, raw: Raw) -> Sequence[Heard]:
    from sparekey.gateways.wires.smpp.hearing import read

    return read(read_settings(values), raw)


def _join(values: Values, group: Sequence[Raw]) -> Sequence[Heard]:
    from sparekey.gateways.wires.smpp.hearing import join

    return join(read_settings(values), group)


def _is_signed(values: Values) -> bool:
    return read_settings(values).is_proven


wire = Kind(
    frozenset({"sms"}),
    _open,
    SETTINGS,
    _check,
    _examine,
    Hears(_verify, _read, _is_signed, join=_join),
    listens=True,
)
