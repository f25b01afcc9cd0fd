"""What an SMSC's answers mean: each status that is not 0 becomes one of the five failures.

SMPP 3.4, 5.1.3. Any of them says that the message was not taken, so none of them is Unsure.
"""

from datetime import timedelta

from sparekey.gateways.model import Misconfigured, Refused, Throttled, Unreachable, WireFailure

OK = 0x00
INVALID_COMMAND = 0x03
QUEUE_FULL = 0x14
THROTTLED = 0x58
#: "Receiver temporary application error": what we answer to have a message brought again.
TRY_AGAIN = 0x64

TOO_FAST = frozenset({QUEUE_FULL, THROTTLED})
#: About this message: its length, sender, recipient, class, times, parameters, or a plain no.
_REFUSED = {
    0x01: "RINVMSGLEN", 0x06: "RINVPRTFLG", 0x07: "RINVREGDLVFLG", 0x0A: "RINVSRCADR",
    0x0B: "RINVDSTADR", 0x33: "RINVNUMDESTS", 0x40: "RINVDESTFLAG", 0x43: "RINVESMCLASS",
    0x48: "RINVSRCTON", 0x49: "RINVSRCNPI", 0x50: "RINVDSTTON", 0x51: "RINVDSTNPI",
    0x61: "RINVSCHED", 0x62: "RINVEXPIRY", 0x65: "RX_P_APPN", 0x66: "RX_R_APPN",
    0xC0: "RINVOPTPARSTREAM", 0xC1: "ROPTPARNOTALLWD", 0xC2: "RINVPARLEN",
    0xC3: "RMISSINGOPTPARAM", 0xC4: "RINVOPTPARAMVAL",
}  # fmt: skip
#: About us: somebody has to talk to the carrier, or correct the settings.
_MISCONFIGURED = {
    0x02: "RINVCMDLEN", 0x03: "RINVCMDID", 0x04: "RINVBNDSTS", 0x0E: "RINVPASWD",
    0x0F: "RINVSYSID", 0x15: "RINVSERTYP", 0x53: "RINVSYSTYP",
}  # fmt: skip
#: About the moment: it may be taken later, or elsewhere.
_PASSING = {
    0x05: "RALYBND", 0x08: "RSYSERR", 0x0D: "RBINDFAIL", 0x14: "RMSGQFUL", 0x45: "RSUBMITFAIL",
    0x58: "RTHROTTLED", 0x64: "RX_T_APPN", 0xFE: "RDELIVERYFAILURE", 0xFF: "RUNKNOWNERR",
}  # fmt: skip
_NAMES = _REFUSED | _MISCONFIGURED | _PASSING


def shown(status: int) -> str:
    """The status as the standard names it, with its number."""
    name = _NAMES.get(status)
    return f"ESME_{name} 0x{status:02X}" if name else f"status 0x{status:X}"


def failure(status: int, *, retry_in: timedelta) -> WireFailure:
    """Why a message was not taken; a status of the carrier's own may pass, so it is tried again."""
    if status in TOO_FAST:
        return Throttled(retry_in, shown(status))
    if status in _REFUSED:
        return Refused(shown(status))
    if status in _MISCONFIGURED:
        return Misconfigured(shown(status))
    return Unreachable(shown(status))


def bind_failure(status: int) -> WireFailure:
    """Why we were not let in; what names neither us nor our password is tried again."""
    if status in _MISCONFIGURED:
        return Misconfigured(f"bind: {shown(status)}")
    return Unreachable(f"bind: {shown(status)}")
