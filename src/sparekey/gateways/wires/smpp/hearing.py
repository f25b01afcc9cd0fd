"""Reading what an SMSC brought, from the stored octets: receipts and people's messages.

What is stored is a whole PDU (`method` DELIVER_SM or DATA_SM). A piece of a long message says
nothing alone; its headers `group`, `part` and `parts` say where it belongs, so that whoever reads
can take all of a group and have them joined.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sparekey.gateways.model import Forged, Heard, Incoming, Raw, Report, Unreadable
from sparekey.gateways.wires.smpp import pieces, receipts
from sparekey.gateways.wires.smpp.alphabets import Binary
from sparekey.gateways.wires.smpp.fields import Malformed
from sparekey.gateways.wires.smpp.pdu import Address, Command, Message, Pdu, read_message, read_pdu
from sparekey.gateways.wires.smpp.pieces import Piece
from sparekey.gateways.wires.smpp.profiles import Profile
from sparekey.gateways.wires.smpp.settings import SmppSettings

METHODS = {Command.DELIVER_SM: "DELIVER_SM", Command.DATA_SM: "DATA_SM"}
#: An SMSC that missed our answer brings a message again: the same from the same within this time.
_AGAIN = timedelta(minutes=5)
_INTERNATIONAL = 1
_UNKNOWN = 0
_LEAST_INTERNATIONAL = 8


def raw(pdu: Pdu, at: datetime) -> Raw:
    """What came in, as it is stored; its headers are for finding the other parts of a long one."""
    headers: tuple[tuple[str, str], ...] = ()
    try:
        place = pieces.piece_of(read_message(pdu)).place
    except Malformed:
        place = None
    if place is not None:
        headers = (
            ("group", place.group), ("part", str(place.number)), ("parts", str(place.total)),
        )  # fmt: skip
    return Raw(METHODS[Command(pdu.command)], "", headers, pdu.encode(), at)


def refuse_hook(given: Raw) -> None:
    """Nothing comes to this kind of gateway over HTTP."""
    if given.method not in METHODS.values():
        raise Forged("an SMSC speaks on its own connection only")


def read(settings: SmppSettings, given: Raw) -> Sequence[Heard]:
    """A receipt or a message; nothing for a piece of a long one. Raises Unreadable."""
    message = _message(given)
    piece = _piece(message)
    if receipts.is_receipt(message):
        return [_report(settings, message, piece)]
    if piece.place is not None:
        return []
    return [_incoming(settings.profile, message, [piece], given.at)]


def join(settings: SmppSettings, group: Sequence[Raw]) -> Sequence[Heard]:
    """The long messages that are whole among stored pieces of one group, oldest first.

    Pure: the same pieces give the same messages with the same `ref`s, however often it is asked.
    """
    messages = [(given.at, _message(given)) for given in group]
    given_pieces = [(at, _piece(message)) for at, message in messages]
    if not messages:
        return []
    return [
        _incoming(settings.profile, messages[0][1], whole, at)
        for at, whole in pieces.joined(given_pieces)
    ]


def _message(given: Raw) -> Message:
    try:
        return read_message(read_pdu(given.body))
    except Malformed as error:
        raise Unreadable(str(error)) from error


def _piece(message: Message) -> Piece:
    try:
        return pieces.piece_of(message)
    except Malformed as error:
        raise Unreadable(str(error)) from error


def _report(settings: SmppSettings, message: Message, piece: Piece) -> Report:
    receipt = receipts.read(message, piece.octets, settings.dialect)
    if receipt is None:
        raise Unreadable("a receipt without a name or a known state")
    return Report(
        receipt.outcome,
        ref=settings.profile.receipted(receipt.id),
        at=receipt.at,
        reason=receipt.reason,
    )


def _incoming(profile: Profile, message: Message, whole: Sequence[Piece], at: datetime) -> Incoming:
    return Incoming(
        channel="sms",
        sender=_number(message.source, profile),
        to=_number(message.destination, profile),
        text=_text(whole, profile),
        ref=_ref(message, whole, at),
        at=at,
    )


def _text(whole: Sequence[Piece], profile: Profile) -> str:
    try:
        return pieces.text_of(whole, profile)
    except Binary as error:
        raise Unreadable(str(error)) from error


def _number(address: Address, profile: Profile) -> str:
    """E.164 where it is one; short codes, names and national numbers as they come."""
    digits = address.value.removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return address.value
    if address.ton == _INTERNATIONAL or address.value.startswith("+"):
        return f"+{digits}"
    is_long = len(digits) >= _LEAST_INTERNATIONAL and not digits.startswith("0")
    if address.ton == _UNKNOWN and is_long and profile.untyped_are_international:
        return f"+{digits}"
    return digits


def _ref(message: Message, whole: Sequence[Piece], at: datetime) -> str:
    """One name for the same message brought again soon; it shows neither number nor word."""
    place = whole[0].place
    named = (
        message.source.value.encode(),
        message.destination.value.encode(),
        place.group.encode() if place else b"",
        *(piece.octets for piece in whole),
    )
    digest = hashlib.sha256()
    for part in named:
        digest.update(len(part).to_bytes(4) + part)
    return f"{int(at.timestamp() // _AGAIN.total_seconds())}-{digest.hexdigest()[:32]}"
