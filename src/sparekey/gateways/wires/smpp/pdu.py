"""What travels: a header of sixteen octets and a body (SMPP 3.4, chapters 3 and 4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum

from sparekey.gateways.wires.smpp.fields import PAYLOAD as _PAYLOAD
from sparekey.gateways.wires.smpp.fields import Malformed, Reader, Tlvs, found, string, tlvs

HEADER = 16
#: A message of the longest payload and its other fields; nothing that is longer is read.
MOST_OCTETS = 72 * 1024
ANSWER = 0x80000000
_VERSION = 0x34


class Command(IntEnum):
    """The commands that we know; an answer has the highest bit set."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    GENERIC_NACK = ANSWER


@dataclass(frozen=True, slots=True)
class Pdu:
    """One of them, its body unread; it prints without it."""

    command: int
    status: int
    sequence: int
    body: bytes = field(default=b"", repr=False)

    @property
    def is_answer(self) -> bool:
        """Whether it answers something that was sent before."""
        return bool(self.command & ANSWER)

    def encode(self) -> bytes:
        """The octets of it."""
        numbers = (HEADER + len(self.body), self.command, self.status, self.sequence)
        return b"".join(number.to_bytes(4) for number in numbers) + self.body

    def answered(self, status: int, body: bytes = b"") -> "Pdu":
        """The answer to it; a negative one has no body (3.4, 4.x.2)."""
        return Pdu(self.command | ANSWER, status, self.sequence, b"" if status else body)


def read_pdu(octets: bytes) -> Pdu:
    """One whole PDU; raises Malformed."""
    if not HEADER <= len(octets) <= MOST_OCTETS or int.from_bytes(octets[:4]) != len(octets):
        raise Malformed("its length is not what it says")
    command, status, sequence = (int.from_bytes(octets[at : at + 4]) for at in (4, 8, 12))
    return Pdu(command, status, sequence, octets[HEADER:])


class Frames:
    """Cuts what a line brings into PDUs; `held` is less than one of them."""

    def __init__(self) -> None:
        self.held = bytearray()

    def feed(self, octets: bytes) -> Iterator[Pdu]:
        """The PDUs that are whole by now; raises Malformed at a length that none can have."""
        self.held += octets
        at = 0
        try:
            while len(self.held) - at >= 4:
                length = int.from_bytes(self.held[at : at + 4])
                if not HEADER <= length <= MOST_OCTETS:
                    raise Malformed(f"a PDU of {length} octets")
                if len(self.held) - at < length:
                    break
                at += length
                yield read_pdu(bytes(self.held[at - length : at]))
        finally:
            del self.held[:at]


@dataclass(frozen=True, slots=True)
class Address:
    """A number or name with its type of number and numbering plan (5.2.5, 5.2.6)."""

    ton: int
    npi: int
    value: str = field(repr=False)

    def encode(self, most: int) -> bytes:
        """The three fields; raises Malformed."""
        return bytes((self.ton, self.npi)) + string(self.value, most)


@dataclass(frozen=True, slots=True)
class Bind:
    """Who we are."""

    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    address_range: str = ""

    def encode(self) -> bytes:
        """The body; the standard's eight octets for a password are fewer than some SMSCs give."""
        return (
            string(self.system_id, 15)
            + string(self.password, 64)
            + string(self.system_type, 12)
            + bytes((_VERSION, 0, 0))
            + string(self.address_range, 40)
        )


@dataclass(frozen=True, slots=True)
class Message:
    """The body of submit_sm and deliver_sm, which are alike (4.4.1, 4.6.1); prints without words.

    `short` may begin with a header (bit 0x40 of `esm_class`); a text of more than 254 octets is the
    payload among the optional parameters.
    """

    source: Address
    destination: Address
    short: bytes = field(default=b"", repr=False)
    esm_class: int = 0
    data_coding: int = 0
    registered_delivery: int = 0
    validity_period: str = ""
    service_type: str = ""
    protocol_id: int = 0
    priority: int = 0
    optional: Tlvs = field(default=(), repr=False)

    @property
    def content(self) -> bytes:
        """What it says, wherever it stands."""
        return self.short or found(self.optional, _PAYLOAD) or b""

    def encode(self) -> bytes:
        """The body; raises Malformed for a field that is too long."""
        if len(self.short) > 254:
            raise Malformed("a short message takes 254 octets")
        return b"".join(
            (
                string(self.service_type, 5),
                self.source.encode(20),
                self.destination.encode(20),
                bytes((self.esm_class, self.protocol_id, self.priority)),
                string("", 16),
                string(self.validity_period, 16),
                bytes((self.registered_delivery, 0, self.data_coding, 0, len(self.short))),
                self.short,
                tlvs(self.optional),
            )
        )


def read_message(pdu: Pdu) -> Message:
    """What a deliver_sm, submit_sm or data_sm says; raises Malformed."""
    reader = Reader(pdu.body)
    service_type = reader.string()
    source = Address(reader.octet(), reader.octet(), reader.string())
    destination = Address(reader.octet(), reader.octet(), reader.string())
    esm_class = reader.octet()
    plain = Message(source, destination, esm_class=esm_class, service_type=service_type)
    if pdu.command == Command.DATA_SM:
        registered, data_coding = reader.take(2)
        return replace(
            plain,
            registered_delivery=registered, data_coding=data_coding, optional=reader.tlvs(),
        )  # fmt: skip
    protocol_id, priority = reader.take(2)
    reader.string()
    validity_period = reader.string()
    registered, _, data_coding, _, length = reader.take(5)
    return replace(
        plain,
        protocol_id=protocol_id,
        priority=priority,
        validity_period=validity_period,
        registered_delivery=registered,
        data_coding=data_coding,
        short=reader.take(length),
        optional=reader.tlvs(),
    )


def read_id(answer: Pdu) -> str | None:
    """The SMSC's name for a message, out of its answer; None when it gave none."""
    name = answer.body.partition(b"\0")[0].decode("latin-1").strip()
    return name or None
