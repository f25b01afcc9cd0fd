"""The words of our messages: one file per message, rendered by language, channel and sender.

`render` is for the moment of hand-over, `lint` for everyone who writes words. A brand may have
words of its own: every save is a version that nothing changes any more, and a message is rendered
in the `book` of the version that it was queued with.
"""

from sparekey.templates.journal import CHANGED
from sparekey.templates.linting import lint, lint_words, samples
from sparekey.templates.look import look
from sparekey.templates.model import (
    OURS,
    Book,
    CannotRender,
    Channel,
    Email,
    Rendered,
    Template,
    Words,
)
from sparekey.templates.rendering import (
    find,
    languages,
    prepare,
    registry,
    render,
    spoken_locale,
)
from sparekey.templates.rules import Finding
from sparekey.templates.service import (
    Saved,
    as_words,
    book,
    current_version,
    history,
    known,
    newest,
    newest_version,
    own_values,
    require_locale,
    save,
    try_out,
)
from sparekey.templates.store import Wording
from sparekey.templates.values import group

__all__ = [
    "CHANGED",
    "OURS",
    "Book",
    "CannotRender",
    "Channel",
    "Email",
    "Finding",
    "Rendered",
    "Saved",
    "Template",
    "Wording",
    "Words",
    "as_words",
    "book",
    "current_version",
    "find",
    "group",
    "history",
    "known",
    "languages",
    "lint",
    "lint_words",
    "look",
    "newest",
    "newest_version",
    "own_values",
    "prepare",
    "registry",
    "render",
    "require_locale",
    "samples",
    "save",
    "spoken_locale",
    "try_out",
]
