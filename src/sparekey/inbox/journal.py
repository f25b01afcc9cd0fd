"""The events of the inbox; their data names the kept message, whose words stay sealed."""

from typing import Final

from sparekey.events import declare
from sparekey.inbox.model import Kind

TEXTS_STOPPED: Final = declare(
    "inbox.texts_stopped", "A number sent a word for opting out: strangers' texts to it rest."
)
TEXTS_ALLOWED: Final = declare("inbox.texts_allowed", "A number sent a word for opting in again.")
TEXT_DENIED: Final = declare(
    "inbox.text_denied", "A number sent that it was not them: what was texted to it is void."
)
EMAIL_DENIED: Final = declare(
    "inbox.email_denied",
    "A reply to an email said that it was not them; its address proves which email.",
)
HELP_ASKED: Final = declare("inbox.help_asked", "Somebody asked for help with one word.")
MESSAGE_RECEIVED: Final = declare(
    "inbox.message_received",
    "Somebody wrote what is no set word: what no flow waits for, a person has to read.",
)
MESSAGE_IGNORED: Final = declare(
    "inbox.message_ignored",
    "A message came too late, from a machine, or from no customer's address: it changed nothing.",
)
LETTER_TOO_LARGE: Final = declare(
    "inbox.letter_too_large",
    "A mail to a message of ours is too large to be kept: it lies in the mailbox, flagged.",
)

#: Which event tells of a reply by email of each kind.
OF_LETTER: Final = {
    Kind.NO: EMAIL_DENIED,
    Kind.HELP: HELP_ASKED,
    Kind.OTHER: MESSAGE_RECEIVED,
    Kind.LATE: MESSAGE_IGNORED,
    Kind.AUTOMATIC: MESSAGE_IGNORED,
}

#: Which event tells of a text of each kind.
OF_TEXT: Final = {
    Kind.STOP: TEXTS_STOPPED,
    Kind.START: TEXTS_ALLOWED,
    Kind.NO: TEXT_DENIED,
    Kind.HELP: HELP_ASKED,
    Kind.OTHER: MESSAGE_RECEIVED,
    Kind.FOREIGN: MESSAGE_IGNORED,
    Kind.LATE: MESSAGE_IGNORED,
    Kind.AUTOMATIC: MESSAGE_IGNORED,
}
