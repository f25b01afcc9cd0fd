"""Values on their way into a message: refused or cleaned by kind, then shown as people read them.

Nothing a stranger may have chosen (a name, a browser) can bring a link, a line break or the
`@host #code` line into a message. Values that run against the direction of a message are kept
apart (Unicode Standard Annex 9), so that they turn nothing around but themselves.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sparekey.templates.model import CannotRender, Channel, Kind, Language, Variable

_GROUPS = {6: (3, 3), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4), 12: (4, 4, 4), 16: (4, 4, 4, 4)}
_CODE = re.compile(r"[0-9]{6,12}|[0-9A-HJKMNP-TV-Z]{8}|[0-9A-HJKMNP-TV-Z]{16}")
_HOST = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?")
#: https to any host, or plain http to this machine; no user, no quotes, nothing that is not ASCII.
_LINK = re.compile(
    r"(?=.{1,488}\Z)(?:https://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[::1\])"
    r"|http://(?i:localhost|127\.0\.0\.1|\[::1\]))"
    r"(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#\[\]!$&()*+,;=%]{0,479})?"
)
_MINUTES = re.compile(r"[1-9][0-9]{0,5}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{1,22}")
_EMAIL = re.compile(r"[A-Za-z0-9.!$%&*+/=?^_`|~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LOGIN = re.compile(r"[^\W_](?:[\w.+-]{0,38}\w)?")
#: A username that a phone would make a link of: it ends like the hosts people know.
_LIKE_A_HOST = re.compile(
    r"\.(?:[a-z]{2}|com|net|org|info|biz|app|dev|xyz|online|site|shop|top|link|click|live|page"
    r"|example)$",
    re.IGNORECASE,
)
_DOT_OF_A_LINK = re.compile(r"\.(?=\w)(?!(?<=\d\.)\d)")
_LONGEST = {Kind.PERSON: 30, Kind.BRAND: 40, Kind.WORDS: 40}
_MOST_READ = 400
_MARKS = {Kind.PERSON: "'-", Kind.BRAND: "'-&.,+!()", Kind.WORDS: "'-.,:+()"}
#: First-strong isolate and its end, left-to-right mark, and a space that separates no digits.
_FSI, _PDI, _LRM, _JOINED = "\u2068", "\u2069", "\u200e", "\u00a0"
#: What is the same in all messages of a brand.
_EVERYONES = frozenset((Kind.BRAND, Kind.HOST, Kind.MINUTES))
_ISOLATED = frozenset((Kind.BRAND, Kind.PERSON, Kind.WORDS))


def group(code: str) -> str:
    """The code in groups that an eye can keep: `1234 5678`; other lengths stay whole."""
    parts: list[str] = []
    start = 0
    for size in _GROUPS.get(len(code), (len(code),)):
        parts.append(code[start : start + size])
        start += size
    return " ".join(parts)


def shown(
    declared: Iterable[Variable],
    given: Mapping[str, str],
    *,
    language: Language,
    channel: Channel,
) -> dict[str, str | None]:
    """Every declared variable as the message shows it (None: not given); raises CannotRender.

    An optional value that is not what it claims is left out: a customer needs the code more
    than a mistyped support number.
    """
    result: dict[str, str | None] = {}
    for variable in declared:
        value, kind = given.get(variable.name), variable.kind
        if not value:
            said = None
        elif kind in _EVERYONES:
            said = _of_everyone(kind, value, language, channel)
        else:
            said = _read(kind, value, language, channel, variable.choices)
        if said is None and not variable.is_optional:
            raise CannotRender(f"the variable {variable.name} is missing or not {kind.value}")
        result[variable.name] = said
    return result


@lru_cache(maxsize=1024)
def _of_everyone(kind: Kind, value: str, language: Language, channel: Channel) -> str | None:
    """What all messages of a brand share is read once; it is nobody's secret."""
    return _read(kind, value, language, channel)


def _read(
    kind: Kind, value: str, language: Language, channel: Channel, choices: Sequence[str] = ()
) -> str | None:
    """A value as the message shows it; None when it is not what it claims."""
    cleaned = _cleaned(kind, value, choices)
    if cleaned is None:
        return None
    said = _said(kind, cleaned, language, channel)
    return _placed(kind, said, language.direction, channel)


def _cleaned(kind: Kind, value: str, choices: Sequence[str]) -> str | None:
    if kind in _MARKS:
        return _plain(kind, value) or None
    if kind is Kind.HOST:
        match = _HOST.fullmatch(value)
        # Browsers match a code to the host alone, so a port is dropped.
        return match[1].lower() if match else None
    is_right = value in choices if kind is Kind.CHOICE else _CHECKS[kind](value)
    return value if is_right else None


def _plain(kind: Kind, value: str) -> str:
    """Letters, marks, spaces and a few signs, on one line, never longer than its kind may be."""
    text = unicodedata.normalize("NFC", value[:_MOST_READ]).replace("’", "'")
    kept = "".join(
        character if _is_plain(kind, character) else " " if character.isspace() else ""
        for character in text
    )
    if kind is Kind.WORDS:
        kept = _DOT_OF_A_LINK.sub(" ", kept)
    short = " ".join(kept.split())[: _LONGEST[kind]].rstrip()
    return short if any(character.isalnum() for character in short) else ""


def _is_plain(kind: Kind, character: str) -> bool:
    category = unicodedata.category(character)
    return (
        category[0] in "LM"
        or character in _MARKS[kind]
        or (kind is not Kind.PERSON and category == "Nd")
    )


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_CHECKS: Mapping[Kind, Callable[[str], bool]] = {
    Kind.CODE: lambda value: bool(_CODE.fullmatch(value)),
    Kind.LINK: lambda value: bool(_LINK.fullmatch(value)),
    Kind.MINUTES: lambda value: bool(_MINUTES.fullmatch(value)),
    Kind.MOMENT: _is_moment,
    Kind.DAY: _is_day,
    Kind.PHONE: lambda value: bool(_PHONE.fullmatch(value)),
    Kind.EMAIL: lambda value: bool(_EMAIL.fullmatch(value)),
    Kind.LOGIN: lambda value: bool(_LOGIN.fullmatch(value)) and not _LIKE_A_HOST.search(value),
}


def _said(kind: Kind, value: str, language: Language, channel: Channel) -> str:
    if kind is Kind.CODE:
        return group(value)
    if kind is Kind.MINUTES:
        say = language.brief_duration if channel == "sms" else language.duration
        return say(int(value))
    if kind is Kind.MOMENT:
        tell = language.brief_moment if channel == "sms" else language.moment
        return tell(datetime.fromisoformat(value))
    if kind is Kind.DAY:
        name = language.brief_day if channel == "sms" else language.day
        return name(date.fromisoformat(value))
    return value


def _placed(kind: Kind, said: str, direction: str, channel: Channel) -> str:
    """A value among words that may run the other way.

    From right to left, groups of digits would change places: a no-break space keeps a code's in
    order without a character of its own that somebody would copy along, a mark a phone number's.
    """
    if direction == "rtl" and kind is Kind.CODE:
        return said.replace(" ", _JOINED)
    if direction == "rtl" and kind is Kind.PHONE:
        return _LRM + said
    if channel == "email" and kind in _ISOLATED and _is_rtl(said) is (direction == "ltr"):
        return f"{_FSI}{said}{_PDI}"
    return said


@lru_cache(maxsize=1024)
def _is_rtl(text: str) -> bool:
    """Whether any of it runs from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
