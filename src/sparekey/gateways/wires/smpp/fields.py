"""The fields of a PDU: integers, strings that end in NUL, and optional parameters (TLV).

SMPP 3.4, 3.1 and 3.2.4. What comes from a line is read with a bound on everything; what cannot be
read raises Malformed and nothing else.
"""

from dataclasses import dataclass, field

#: Tag, length and value of everything that an SMSC adds; 5.3.2 names them.
Tlvs = tuple[tuple[int, bytes], ...]

SOURCE_REFERENCE = 0x020C  # sar_msg_ref_num
SEGMENTS = 0x020E  # sar_total_segments
SEGMENT = 0x020F  # sar_segment_seqnum
RECEIPTED_ID = 0x001E
NETWORK_ERROR = 0x0423
PAYLOAD = 0x0424
MESSAGE_STATE = 0x0427


class Malformed(ValueError):
    """These octets are not what they say they are; a few words where reading ended."""


@dataclass(slots=True)
class Reader:
    """Reads octets from first to last."""

    octets: bytes = field(repr=False)
    at: int = 0

    def take(self, count: int) -> bytes:
        """So many octets, exactly."""
        taken = self.octets[self.at : self.at + count]
        if len(taken) < count:
            raise Malformed(f"ends {count - len(taken)} octets too early")
        self.at += count
        return taken

    def octet(self) -> int:
        """An integer of one octet."""
        return self.take(1)[0]

    def string(self) -> str:
        """A C-octet string; octets beyond ASCII are kept as they are."""
        end = self.octets.find(b"\0", self.at)
        if end < 0:
            raise Malformed("a string has no end")
        text = self.octets[self.at : end].decode("latin-1")
        self.at = end + 1
        return text

    def tlvs(self) -> Tlvs:
        """Optional parameters up to the end; one that is cut off is left out with all after it."""
        found: list[tuple[int, bytes]] = []
        while len(self.octets) - self.at >= 4:
            tag = int.from_bytes(self.take(2))
            length = int.from_bytes(self.take(2))
            if length > len(self.octets) - self.at:
                break
            found.append((tag, self.take(length)))
        return tuple(found)


def string(text: str, most: int) -> bytes:
    """A C-octet string of at most so many characters; raises Malformed."""
    octets = text.encode("latin-1", "replace")
    if len(octets) > most or b"\0" in octets:
        raise Malformed(f"a string takes {most} characters")
    return octets + b"\0"


def tlvs(values: Tlvs) -> bytes:
    """Optional parameters as they are written."""
    return b"".join(tag.to_bytes(2) + len(value).to_bytes(2) + value for tag, value in values)


def found(values: Tlvs, tag: int) -> bytes | None:
    """The first value of a tag; None when it is absent."""
    return next((value for known, value in values if known == tag), None)
