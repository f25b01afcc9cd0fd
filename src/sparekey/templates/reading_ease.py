"""How easily words are read: a formula of the Flesch kind where the language has one, else the
mean length of its sentences and words.

English by Flesch, German by Amstad, French by Kandel and Moles, Spanish by Szigriszt-Pazos. A
message is short, so these say less of it than of a book: they find a sentence of forty words.
"""

import re
from dataclasses import dataclass

from sparekey.templates.model import Brevity, Ease

_SENTENCE_END = re.compile(r"[.?!:؟]+(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Fewer words than this are a label.
_FEWEST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out, said for whoever wrote the words."""

    said: str
    is_hard: bool
    least: float = 0


def measure(words: str, by: Ease | Brevity) -> Measured | None:
    """How easy `words` are; None when they are too few to tell."""
    sentences = [found for part in _SENTENCE_END.split(words) if (found := _WORD.findall(part))]
    all_words = [word for sentence in sentences for word in sentence]
    if len(all_words) < _FEWEST_WORDS:
        return None
    per_sentence = len(all_words) / len(sentences)
    if isinstance(by, Brevity):
        letters = sum(map(len, all_words)) / len(all_words)
        is_hard = per_sentence > by.most_words or letters > by.most_letters
        return Measured(f"{per_sentence:.0f} words a sentence, {letters:.1f} letters", is_hard)
    per_word = sum(_syllables(word, by) for word in all_words) / len(all_words)
    score = by.base - by.per_sentence * per_sentence - by.per_syllable * per_word
    return Measured(f"ease {score:.0f}", score < by.least, by.least)


def _syllables(word: str, by: Ease) -> int:
    """Groups of vowels; an ending that nobody speaks is none."""
    lower = word.lower()
    groups = len(re.findall(f"[{by.vowels}]+", lower))
    ending = next((end for end in by.silent_endings if lower.endswith(end)), "")
    before = lower[: -len(ending)] if ending else ""
    is_silent = bool(before) and before[-1] not in by.vowels
    return max(1, groups - is_silent)
