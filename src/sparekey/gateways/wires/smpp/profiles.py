"""How a carrier's SMSC departs from the plainest reading of SMPP 3.4: its profile.

Carriers print these things in their connection guides. A profile is a name for usual answers; every
one of them is a setting of its own, too.
"""

from dataclasses import dataclass
from typing import Literal

PlainAlphabet = Literal["gsm7", "latin1", "ascii"]
LongTexts = Literal["udh", "udh16", "sar", "payload"]
Ids = Literal["text", "hex", "decimal"]
Validity = Literal["relative", "absolute", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the other side takes and how it names things.

    `alphabet` and `data_coding`: what plain texts are written in, and declared as. `languages`: the
    national tables that may be used, by number. `submit_ids` and `receipt_ids`: how one and the
    same message is named in an answer and in a receipt.
    """

    alphabet: PlainAlphabet = "gsm7"
    data_coding: int = 0
    languages: tuple[int, ...] = ()
    long_texts: LongTexts = "udh"
    submit_ids: Ids = "text"
    receipt_ids: Ids = "text"
    validity: Validity = "relative"
    short_code_ton: int = 3
    short_code_npi: int = 0
    untyped_are_international: bool = True

    def submitted(self, name: str) -> str:
        """The name for a message in an answer, as receipts are compared with it."""
        return _comparable(name, self.submit_ids)

    def receipted(self, name: str) -> str:
        """The name for a message in a receipt, as answers are compared with it."""
        return _comparable(name, self.receipt_ids)


#: `standard` is what the standard says where it says something, and what most SMSCs do elsewhere;
#: `hex-ids` names messages in hexadecimal when it takes them and in decimal in receipts; the
#: default alphabet of `latin1` is not GSM's, so that an @ is 0x40.
PROFILES = {
    "standard": Profile(),
    "hex-ids": Profile(submit_ids="hex", receipt_ids="decimal"),
    "latin1": Profile(alphabet="latin1"),
}


def _comparable(name: str, ids: Ids) -> str:
    """The same for the same message, whichever way it is written; never empty for a name."""
    plain = name.strip()
    if ids == "text" or not plain.isascii() or not plain.isalnum():
        return plain
    try:
        return str(int(plain, 16 if ids == "hex" else 10))
    except ValueError:
        return plain
