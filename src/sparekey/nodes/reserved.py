"""Words that mean something wherever they come from, and therefore nothing else in a flow."""

from collections.abc import Iterable, Iterator

from sparekey import inbox
from sparekey.flows import Finding


def reserved(phrases: Iterable[str]) -> Iterator[Finding]:
    """A finding for each phrase that stops, starts, asks for help or denies."""
    for phrase in phrases:
        found = inbox.read_word(phrase)
        if found is not None:
            meaning = found[0].value.upper()
            yield Finding(
                "word.reserved",
                f'"{phrase}" always means {meaning}, whatever a flow says; choose another word.',
            )
