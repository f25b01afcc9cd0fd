"""What a server's answers and silences mean: each becomes one of the five failures.

Until DATA nothing has gone, so everything before it is certain. After DATA only an answer is.
"""

import re
from datetime import timedelta

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from sparekey.gateways.model import (
    Misconfigured,
    Refused,
    Throttled,
    Unreachable,
    Unsure,
    WireFailure,
)
from sparekey.kit.certificate import distrust

#: A greylisting server takes a message that comes again; a code cannot wait half an hour for it.
_AGAIN = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60))
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
#: Answers to RCPT that speak of us and not of the recipient: sign in first, no relaying.
_SIGN_IN_FIRST = frozenset({530, 535, 538})


def before_data(error: SMTPException | OSError, attempt: int) -> WireFailure:
    """Why nothing went: the server could not be reached, or answered before there was a message."""
    if (reason := distrust(error)) is not None:
        return Misconfigured(f"the server's certificate is not one to trust: {reason}")
    match error:
        case SMTPResponseException():
            return _answered(error, attempt)
        case SMTPServerDisconnected() | SMTPConnectError() | SMTPTimeoutError() | OSError():
            return Unreachable(f"no answer: {type(error).__name__}")
        case _:  # the bare SMTPException: an extension that the server lacks
            return Misconfigured("the server offers no TLS or no sign-in")


def after_data(error: SMTPException | OSError, attempt: int) -> WireFailure:
    """Whether a message that was under way has gone: only an answer to it says so."""
    if isinstance(error, SMTPDataError):
        return _answered(error, attempt)
    return Unsure(f"no answer to the message: {type(error).__name__}")


def _answered(error: SMTPResponseException, attempt: int) -> WireFailure:
    reason = _reason(error)
    if 400 <= error.code < 500:
        return Throttled(_AGAIN[min(attempt, len(_AGAIN)) - 1], reason)
    match error:
        case SMTPRecipientRefused():
            return Misconfigured(reason) if _is_about_us(error) else Refused(reason)
        case SMTPDataError():
            return Refused(reason)
        case SMTPAuthenticationError() | SMTPSenderRefused():
            return Misconfigured(reason)
        case _:
            return Unreachable(reason)


def _is_about_us(error: SMTPRecipientRefused) -> bool:
    return error.code in _SIGN_IN_FIRST or "relay" in error.message.lower()


def _reason(error: SMTPResponseException) -> str:
    """Command and codes; a server's words may quote an address."""
    enhanced = _ENHANCED.match(error.message)
    codes = f"{error.code} {enhanced[0]}" if enhanced else str(error.code)
    return f"{type(error).__name__} {codes}"
