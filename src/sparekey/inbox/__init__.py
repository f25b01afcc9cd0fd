"""What customers send us: texts and email, taken for what they are and nothing more."""

from sparekey.inbox.bounding import Bounds
from sparekey.inbox.journal import (
    EMAIL_DENIED,
    MESSAGE_RECEIVED,
    TEXT_DENIED,
    TEXTS_ALLOWED,
    TEXTS_STOPPED,
)
from sparekey.inbox.letters import return_path
from sparekey.inbox.listening import Place, listening
from sparekey.inbox.mailbox import Mailbox
from sparekey.inbox.model import Contents, Kind, Received
from sparekey.inbox.polling import keep_polling, poll
from sparekey.inbox.service.answering import Answer, answer
from sparekey.inbox.service.letters import (
    MOST_BYTES,
    Addressed,
    Full,
    Letters,
    addressed,
    aside,
    count_aside,
    keep_letter,
    read_again,
    read_recipient,
    sweep_letters,
)
from sparekey.inbox.service.reading import read, sweep
from sparekey.inbox.service.texts import Text, Texts, take_text
from sparekey.inbox.words import Word, read_word

__all__ = [
    "EMAIL_DENIED",
    "MESSAGE_RECEIVED",
    "MOST_BYTES",
    "TEXTS_ALLOWED",
    "TEXTS_STOPPED",
    "TEXT_DENIED",
    "Addressed",
    "Answer",
    "Bounds",
    "Contents",
    "Full",
    "Kind",
    "Letters",
    "Mailbox",
    "Place",
    "Received",
    "Text",
    "Texts",
    "Word",
    "addressed",
    "answer",
    "aside",
    "count_aside",
    "keep_letter",
    "keep_polling",
    "listening",
    "poll",
    "read",
    "read_again",
    "read_recipient",
    "read_word",
    "return_path",
    "sweep",
    "sweep_letters",
    "take_text",
]
