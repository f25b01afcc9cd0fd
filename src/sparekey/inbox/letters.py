"""Reading a mail that somebody, or some machine, sent back: who, what they wrote anew, and whether
it may be answered at all (RFC 3834).

Everything in it is the sender's to invent. What is read of it is short, whatever its size, and no
pattern meets a long line: those that find quotations would take minutes over one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from html.parser import HTMLParser

from sparekey.kit.address import Email, UnusableAddress, read_email

#: Much more than anybody writes to say no, and little enough to be read in a moment.
_MOST_LINES = 60
_MOST_LINE = 160
_MOST_READ = 200_000
_MOST_HEAD = 64 * 1024
_MOST_SUBJECT = 200
#: How our own messages are named, by whatever installation they were sent.
_OURS = re.compile(r"<msg_[0-9a-z]{26}@", re.IGNORECASE)
_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|autoreply)([+.-].*)?",
    re.IGNORECASE,
)
_MASS = frozenset({"bulk", "list", "junk", "auto_reply"})
_REPLIES_OF_MACHINES = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-loop")
#: Languages whose way of quoting the reply parser knows, and one that it does not.
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "cs", "ja", "ko", "zh"]
#: The line above a quotation, in our own languages: the parser misses some ways of writing it.
_WROTE = re.compile(r"\b(wrote|schrieb|a écrit|escribió|كتب)\b.{0,120}[:：]\s*$", re.IGNORECASE)
_YEAR = re.compile(r"\b20\d\d\b")
_BLOCKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"})
_UNSEEN = frozenset({"style", "script", "head", "title", "blockquote"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says; it prints without its words."""

    mail: Message = field(repr=False)
    sender: Email | None = field(repr=False)
    subject: str = field(repr=False)
    #: What was written anew, above whatever it quotes.
    text: str = field(repr=False)
    name: str | None
    is_automatic: bool


def read_letter(octets: bytes, envelope_sender: str) -> Letter:
    """A mail as far as we care; whatever is wrong with it reads as nothing."""
    mail = _parsed(octets)
    sender = _sender(mail)
    return Letter(
        mail=mail,
        sender=sender,
        subject=_header(mail, "Subject")[:_MOST_SUBJECT],
        text=_written_anew(_words(mail)),
        name=_header(mail, "Message-ID")[:300] or None,
        is_automatic=_is_automatic(mail, envelope_sender, sender),
    )


def tags(octets: bytes, names: tuple[str, ...]) -> Iterator[str]:
    """What stands behind the + of every address in these headers of a mail."""
    mail = _head(octets)
    lines = [str(line) for name in names for line in mail.get_all(name, [])]
    for address in _addresses(lines[:20]):
        tag = address.rpartition("@")[0].partition("+")[2]
        if tag:
            yield tag


def return_path(octets: bytes) -> str:
    """Who a mail says its envelope was from; nobody when it says nothing usable."""
    return str(_head(octets).get("Return-Path", "")).strip().strip("<>")[:300]


def _head(octets: bytes) -> Message:
    """The headers of a mail alone: its parts may lie in each other a thousand deep."""
    return BytesHeaderParser().parsebytes(octets[:_MOST_HEAD])


def _parsed(octets: bytes) -> Message:
    """The mail with its parts; without them where they lie deeper than anybody means."""
    try:
        mail = message_from_bytes(octets)
        for _ in mail.walk():
            pass  # who looks at the parts goes as deep as who parsed them
    except RecursionError:
        return _head(octets)
    return mail


def _is_automatic(mail: Message, envelope_sender: str, sender: Email | None) -> bool:
    """Whether a machine wrote it, or many are meant: then it is neither obeyed nor answered."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        envelope_sender in {"", "<>"}
        or submitted not in {"", "no"}
        or _header(mail, "Precedence").strip().lower() in _MASS
        or any(name.lower().startswith("list-") for name in mail)
        or any(name in mail for name in _REPLIES_OF_MACHINES)
        or mail.get_content_type() == "multipart/report"
        or _OURS.match(_header(mail, "Message-ID").strip()) is not None
        or sender is None
        or _MACHINES.fullmatch(sender.local) is not None
    )


def _sender(mail: Message) -> Email | None:
    """The one mailbox it is from; None for none, several, or what is no mailbox."""
    lines = mail.get_all("From", [])
    if len(lines) != 1:
        return None
    found = [address for address in _addresses([str(lines[0])]) if address]
    if len(found) != 1:
        return None
    try:
        return read_email(found[0])
    except UnusableAddress:
        return None


def _addresses(lines: Sequence[str]) -> list[str]:
    """The addresses of these headers; none when comments or groups nest without an end."""
    try:
        return [address for _, address in getaddresses([line[:2000] for line in lines])]
    except RecursionError:
        return []


def _header(mail: Message, name: str) -> str:
    line = str(mail.get(name, ""))[:2000]
    try:
        return " ".join(str(make_header(decode_header(line))).split())
    except (ValueError, LookupError, MessageError):
        return ""


def _words(mail: Message) -> str:
    """The first plain text; of a mail without one, the words of its HTML."""
    html = ""
    for part in mail.walk():
        if part.is_multipart() or part.get_filename():
            continue
        if part.get_content_type() == "text/plain":
            return _decoded(part)
        if part.get_content_type() == "text/html" and not html:
            html = _decoded(part)
    return _seen_in(html)


def _decoded(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    try:
        return octets[:_MOST_READ].decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # no such charset, or no name for one
        return octets[:_MOST_READ].decode("utf-8", "replace")


def _written_anew(text: str) -> str:
    from mailparser_reply import EmailReplyParser  # pyright: ignore[reportMissingTypeStubs]

    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]:
        if line.startswith(">"):
            break
        if _WROTE.search(line[-_MOST_LINE:]):
            if lines and _YEAR.search(lines[-1]):  # it is folded, and the date stands above
                lines.pop()
            break
        lines.append(line[:_MOST_LINE].rstrip())
    replies = EmailReplyParser(languages=list(_LANGUAGES)).read("\n".join(lines)).replies
    return (replies[0].body or "").strip() if replies else ""


def _seen_in(html: str) -> str:
    if not html:
        return ""
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return "".join(seen.words)


class _Seen(HTMLParser):
    """The words of a page as lines, without quotations, styles and scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # a part of the parser's contract
        if tag in _BLOCKS:
            self.words.append("\n")
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(re.sub(r"\s+", " ", data))
