"""What customers send us: texts and email, taken for what they are and nothing more."""

from sparekey.inbox.journal import EMAIL_DENIED, TEXT_DENIED, TEXTS_ALLOWED, TEXTS_STOPPED
from sparekey.inbox.model import Contents, Kind, Received
from sparekey.inbox.service.reading import read, sweep
from sparekey.inbox.service.texts import Text, Texts, take_text
from sparekey.inbox.words import Word, read_word

__all__ = [
    "EMAIL_DENIED",
    "TEXTS_ALLOWED",
    "TEXTS_STOPPED",
    "TEXT_DENIED",
    "Contents",
    "Kind",
    "Received",
    "Text",
    "Texts",
    "Word",
    "read",
    "read_word",
    "sweep",
    "take_text",
]
