"""A message as what an SMSC is handed: one submit_sm for each part."""

from datetime import UTC, timedelta

from sparekey.gateways.model import Misconfigured, Outgoing, Refused, Unreachable
from sparekey.gateways.wires.smpp import alphabets, splitting
from sparekey.gateways.wires.smpp.pdu import Address, Message
from sparekey.gateways.wires.smpp.profiles import Profile, Validity
from sparekey.gateways.wires.smpp.settings import SmppSettings, read_sender

#: The final outcome, whatever it is (3.4, 5.2.17).
_RECEIPT = 1
#: Type of number and numbering plan (3.4, 5.2.5 and 5.2.6).
_INTERNATIONAL = (1, 1)
_NAME = (5, 0)
_LONGEST_SHORT_CODE = 8


def submits(message: Outgoing, settings: SmppSettings, reference: int) -> list[Message]:
    """Its parts in order; raises Refused or Misconfigured. A receipt is asked for the last one."""
    try:
        written = alphabets.write(message.text, settings.profile)
        parts = splitting.split(written, settings.profile.long_texts, reference)
    except (alphabets.Unwritable, splitting.TooLong) as error:
        raise Refused("its words cannot be written") from error
    source = _source(settings.sender or message.sender, settings.profile)
    destination = _destination(message.to)
    return [
        Message(
            source,
            destination,
            short=part.short,
            esm_class=part.esm_class,
            data_coding=part.data_coding,
            registered_delivery=_RECEIPT if part is parts[-1] else 0,
            service_type=settings.service_type,
            optional=part.optional,
        )
        for part in parts
    ]


def validity(message: Outgoing, how: Validity, waited: timedelta) -> str:
    """When the SMSC gives up: no later than the code dies. Raises Unreachable when it has.

    3.4, 7.1.1: YYMMDDhhmmss, then tenths and quarters of an hour from UTC, or 000R for "from now".
    """
    left = message.expires_at - message.sent_at - waited
    seconds = int(left.total_seconds())
    if seconds < 1:
        raise Unreachable("it expired while it waited")
    if how == "absolute":
        return f"{message.expires_at.astimezone(UTC):%y%m%d%H%M%S}000+"
    if how == "none":
        return ""
    days, rest = divmod(seconds, 86_400)
    hours, minutes, seconds = rest // 3600, rest % 3600 // 60, rest % 60
    return f"0000{min(days, 28):02}{hours:02}{minutes:02}{seconds:02}000R"


def _source(sender: str, profile: Profile) -> Address:
    try:
        read_sender(sender)
    except ValueError as error:
        raise Misconfigured(
            "the sender is no number, short code or name of 11 plain characters"
        ) from error
    if sender.startswith("+"):
        return Address(*_INTERNATIONAL, sender[1:])
    if sender.isdigit() and len(sender) <= _LONGEST_SHORT_CODE:
        return Address(profile.short_code_ton, profile.short_code_npi, sender)
    return Address(*_NAME, sender)


def _destination(to: str) -> Address:
    digits = to.removeprefix("+")
    if not to.startswith("+") or not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise Refused("not a number that texts can go to")
    return Address(*_INTERNATIONAL, digits)
