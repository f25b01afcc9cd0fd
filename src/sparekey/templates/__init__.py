"""The words of our messages: one file per message, rendered by language, channel and sender.

`render` is for the moment of hand-over, `lint` for everyone who writes words.
"""

from sparekey.templates.linting import lint, lint_words, samples
from sparekey.templates.model import CannotRender, Channel, Rendered, Template
from sparekey.templates.rendering import find, languages, prepare, registry, render
from sparekey.templates.rules import Finding
from sparekey.templates.values import group

__all__ = [
    "CannotRender",
    "Channel",
    "Finding",
    "Rendered",
    "Template",
    "find",
    "group",
    "languages",
    "lint",
    "lint_words",
    "prepare",
    "registry",
    "render",
    "samples",
]
