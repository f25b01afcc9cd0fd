"""Mail that people and machines send back to one of our messages."""

from email.message import EmailMessage
from itertools import count

from sparekey.gateways import Outgoing

DOMAIN = "acme.example"
_numbers = count()


def reply_to(message: Outgoing, text: str, *, sender: str | None = None, **headers: str) -> bytes:
    """What somebody's mail program writes when they answer a message; headers with _ for -."""
    mail = EmailMessage()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    mail["From"] = f"Alice Winters <{sender or message.to}>"
    mail["To"] = f"reply+{message.reply_token}@{DOMAIN}"
    mail["Subject"] = f"Re: {message.subject}"
    mail["Message-ID"] = named.pop("Message-ID", f"<{next(_numbers)}@alices.example>")
    mail["Return-Path"] = named.pop("Return-Path", f"<{sender or message.to}>")
    for name, value in named.items():
        mail[name] = value
    mail.set_content(
        f"{text}\n\nOn Wed, 4 Mar 2026 at 12:00, Acme wrote:\n> {message.subject}\n> x\n"
    )
    return mail.as_bytes()


def bounce_of(message: Outgoing, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery status as Postfix writes one (RFC 3464)."""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\n"
        f"To: bounce+{message.bounce_token}@{DOMAIN}\nSubject: Undelivered Mail\n"
        f"Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f"Message-ID: <{next(_numbers)}@mx.example>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {message.to}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\n\n--b--\n"
    ).encode()


def nested(to: str, *, levels: int = 1300) -> bytes:
    """A mail whose parts lie in each other, deeper than anybody meant."""
    head = f"From: mallory@evil.example\nTo: {to}\nSubject: x\n".encode()
    parts = (
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(levels)
    )
    return head + b"".join(parts)
