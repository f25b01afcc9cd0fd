"""Whether a new password is good enough: its length, and that nobody would try it first.

NIST SP 800-63B-4 3.1.1.2: 15 characters where it is the only factor, 8 beside a second one, no
rules on its composition, a comparison of the whole password with those that are common or belong
to the place it is used at. Lengths count code points after NFKC.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from sparekey.kit.problem import Problem

MIN_LENGTH = 15
MIN_LENGTH_WITH_SECOND_FACTOR = 8
MAX_LENGTH = 128
#: Shorter words are parts of too many others to say anything of a password.
_MIN_CONTEXT = 4
_NOT_WORD = re.compile(r"[\W_]+")


def normal(password: str) -> str:
    """The form that is measured and hashed: equal for equal-looking input of any keyboard."""
    return unicodedata.normalize("NFKC", password)


def password_problem(
    password: str, *, context: Iterable[str | None], has_second_factor: bool
) -> Problem | None:
    """What is wrong with a new password, or None.

    `context` are the words anybody could guess here: the brand, the person's name, username and
    addresses (of these, the part before the @).
    """
    if _is_unwritable(password):
        return _problem("unwritable", "Use only characters that can be typed on a keyboard.")
    plain = normal(password)
    shortest = MIN_LENGTH_WITH_SECOND_FACTOR if has_second_factor else MIN_LENGTH
    if len(plain) < shortest:
        return _problem("too_short", f"Use at least {shortest} characters: several words do well.")
    if len(plain) > MAX_LENGTH:
        return _problem("too_long", f"Use at most {MAX_LENGTH} characters.")
    if is_common(plain):
        return _problem("too_common", "Choose another: many people use this one, so it is guessed.")
    if _is_context(plain, context):
        detail = "Choose another: this one is little more than a name that belongs to this account."
        return _problem("contains_context", detail)
    return None


def is_common(password: str) -> bool:
    """Whether it is on the shipped list of passwords in wide use, whatever its capitals."""
    return f"\n{normal(password).casefold()}\n".encode() in _common()


@cache
def _common() -> bytes:
    """300 kB of lines; a substring search in it takes tens of microseconds and no more memory."""
    return gzip.decompress(
        files("sparekey.accounts.passwords").joinpath("common.txt.gz").read_bytes()
    )


def _is_unwritable(password: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in password)


def _is_context(plain: str, context: Iterable[str | None]) -> bool:
    """Whether too little is left when the words of this place are taken out."""
    bare = _bare(plain)
    rest = bare
    for word in sorted(set(_words(context)), key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest == bare:
        return False
    return len(rest) < MIN_LENGTH_WITH_SECOND_FACTOR or is_common(rest)


def _words(context: Iterable[str | None]) -> Iterable[str]:
    """Each text as one word and, where it has several, each of them."""
    for text in context:
        local = (text or "").partition("@")[0]
        for word in (local, *_NOT_WORD.split(local)):
            if len(_bare(word)) >= _MIN_CONTEXT:
                yield _bare(word)


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", normal(text).casefold())


def _problem(code: str, detail: str) -> Problem:
    return Problem(f"password.{code}", 422, detail)
