"""A message as a mail: headers that no value can break out of, a text and an HTML part.

RFC 5322 (form), RFC 2047 (words in headers that are not ASCII), RFC 3834 (mail from a machine).
Headers are written here and not by the email package: it reads encoded words in the values that it
is given, so that a value may hold a line break that nobody sees before the header is written.
"""

import re
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote

from sparekey.gateways.model import Outgoing, Refused
from sparekey.gateways.wires.smtp.settings import Letterhead
from sparekey.kit.ids import show

_MOST_LINE_BYTES = 998  # RFC 5322 2.1.1
_WORD_LINE = 75  # RFC 2047 2
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]{1,64}@[A-Za-z0-9.-]{1,253}")
_PLAIN = re.compile(r"(?!.*=\?)[ -~]{0,60}")
_ATOMS = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]{1,60}")
_QUOTABLE = re.compile(r"(?!.*=\?)[ -~]{1,60}")
#: A header as it is written: its name, one line of text, further lines that begin with a space.
_WRITTEN = re.compile(r"[A-Za-z-]+: [^\x00-\x1f\x7f]*(?:\r\n [^\x00-\x1f\x7f]*)*")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail and its envelope; `needs_utf8` when an address is not ASCII (RFC 6531)."""

    sender: str = field(repr=False)
    to: str = field(repr=False)
    octets: bytes = field(repr=False)
    needs_utf8: bool = False


def write(message: Outgoing, head: Letterhead) -> Letter:
    """The mail that this message is, unsigned; raises Refused when it cannot be one."""
    if not _ADDRESS.fullmatch(message.to):
        raise Refused("not an address that mail can go to")
    try:
        octets = _head(message, head).encode() + _body(message)
    except UnicodeEncodeError as error:
        raise Refused("its words cannot be written") from error
    if any(len(line) > _MOST_LINE_BYTES for line in octets.split(b"\r\n")):
        raise Refused("a line of it is too long")
    sender = head.bounces.tagged(message.bounce_token)
    return Letter(sender, message.to, octets, not message.to.isascii())


def message_id(message: Outgoing, head: Letterhead) -> str:
    """The name of this message among all mail, for ever."""
    return f"<{show('msg', message.id)}@{head.sender_domain}>"


def _head(message: Outgoing, head: Letterhead) -> str:
    name = head.sender_name or message.sender
    headers = {
        "Date": format_datetime(message.sent_at),
        "Message-ID": message_id(message, head),
        "From": f"{_phrase(name)}<{head.sender}>",
        "To": f"<{message.to}>",
        "Subject": _text("Subject", message.subject or ""),
        "Auto-Submitted": "auto-replied" if message.is_answer else "auto-generated",
    }
    if head.replies is not None:
        headers["Reply-To"] = f"<{head.replies.tagged(message.reply_token)}>"
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(_WRITTEN.fullmatch(line) for line in lines):
        raise Refused("a header of it cannot be written")
    return "".join(f"{line}\r\n" for line in lines)


def _body(message: Outgoing) -> bytes:
    """The headers of MIME and the parts, in the order of RFC 2046 5.1.4: the plainest first."""
    body = EmailMessage(policy=SMTP)
    body.set_content(message.text, cte="quoted-printable")
    if message.html is not None:
        body.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return body.as_bytes()


def _phrase(name: str) -> str:
    """A display name before its address; nothing for none (RFC 5322 3.2.5)."""
    tidy = _one_line(name)
    if not tidy:
        return ""
    if _ATOMS.fullmatch(tidy):
        return f"{tidy} "
    if _QUOTABLE.fullmatch(tidy):
        return f'"{quote(tidy)}"\r\n '
    return f"{_encoded('From', tidy)}\r\n "


def _text(header: str, value: str) -> str:
    tidy = _one_line(value)
    return tidy if _PLAIN.fullmatch(tidy) else _encoded(header, tidy)


def _encoded(header: str, value: str) -> str:
    written = Header(value, "utf-8", maxlinelen=_WORD_LINE, header_name=header)
    return written.encode(linesep="\r\n")


def _one_line(value: str) -> str:
    return " ".join(_BREAKS.sub(" ", value).split())
