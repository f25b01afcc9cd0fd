"""What a guard decides about: who asks for what, as keys, and limits as data.

Rules are pure: they turn an `Asked` into limits. Counting those limits is done in SQL, inside the
statement that does the thing, so that nothing is ever checked first and written later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from functools import cache
from typing import Literal


class Allowance(IntEnum):
    """Through which door a send is asked for; nobody can spend another door's allowance."""

    STRANGER = 1
    KNOWN_BROWSER = 2
    TEXT = 3
    AGENT = 4
    #: The stranger's last send of a day: a link by email, which nobody else's sends use up.
    RESERVE = 7


class CapClass(IntEnum):
    """Further kinds of counted use, beside the four allowances."""

    #: Strangers' sends after something else was right, or to prove an address.
    LIGHT = 8
    PREFIX = 9
    PASSWORD_STRANGER = 10
    PASSWORD_KNOWN = 11
    CLASSIC = 12
    #: What we answer to what somebody sent us.
    ANSWER = 13
    #: What we tell an owner of tries at their account.
    WARNING = 14
    #: Words without a proof about a recovery that nobody has proven: by the door it came through.
    WORDS = 15
    WORDS_KNOWN = 16
    WORDS_BY_TEXT = 17


#: Kinds of block: a person's (everything), a freeze after "that wasn't me" (strangers' codes), a
#: STOP by text (strangers' texts), a pause of the classic policy (strangers' codes); and until
#: START what STOP means besides (texts that nobody asked for).
BLOCK = "block"
FREEZE = "freeze"
STOP = "stop"
PAUSE = "pause"
OPT_OUT = "opt_out"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the guard sees it: keys (16-byte MACs) and facts, never addresses.

    What is not known stays None, and the rules about it stay silent. `is_fallback`: the same
    message goes out once more by another channel, by itself. `is_words`: it proves nothing.
    """

    brand_id: int
    allowance: Allowance
    is_light: bool = False
    is_fallback: bool = False
    is_words: bool = False
    networks: Sequence[bytes] = ()
    typed_key: bytes | None = None
    account_key: bytes | None = None
    address_key: bytes | None = None
    prefix_key: bytes | None = None
    country: str | None = None
    allowed_countries: frozenset[str] | None = None
    test_key: bytes | None = None
    hook_key: bytes | None = None
    letter_key: bytes | None = None
    answer_keys: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """At most one each `every` on average, `burst` at once: refused where the caller sees it."""

    key: bytes
    every: timedelta
    burst: int


@dataclass(frozen=True, slots=True)
class Cap:
    """Exact: full when any (count, seconds) of `rules` is; up to three. Refuses silently."""

    key: bytes
    cap_class: int
    rules: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """A refusal that needs no counting: the request goes on as a decoy."""

    reason: Literal["country"]


@dataclass(frozen=True, slots=True)
class InFlight:
    """A cap that counts only while nobody has proven the address; SQL alone can tell."""

    key: bytes
    rules: tuple[tuple[int, int], ...]


Limit = Rate | Cap | InFlight | Silence


@dataclass(frozen=True, slots=True)
class Rule:
    """What a file in `rules/` declares: the limits it sets on a request."""

    limits: Callable[[Asked], Iterable[Limit]]


@dataclass(slots=True)
class Limits:
    """The limits of one request in the arrays that the SQL functions take."""

    is_silenced: bool = False
    prefix_key: bytes | None = None
    prefix_rules: list[int] = field(default_factory=list[int])
    rate_keys: list[bytes] = field(default_factory=list[bytes])
    rate_every: list[timedelta] = field(default_factory=list[timedelta])
    rate_burst: list[timedelta] = field(default_factory=list[timedelta])
    cap_keys: list[bytes] = field(default_factory=list[bytes])
    cap_classes: list[int] = field(default_factory=list[int])
    cap_rules: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, limits: Iterable[Limit]) -> "Limits":
        """Flatten limits; caps sorted by (key, class), the order in which rows are locked."""
        found = cls()
        caps: list[Cap] = []
        for limit in limits:
            if type(limit) is Cap:
                caps.append(limit)
            elif type(limit) is Rate:
                found.rate_keys.append(limit.key)
                found.rate_every.append(limit.every)
                found.rate_burst.append(limit.every * limit.burst)
            elif type(limit) is InFlight:
                found.prefix_key = limit.key
                found.prefix_rules = list(flat(limit.rules))
            else:
                found.is_silenced = True
        caps.sort(key=_lock_order)
        for cap in caps:
            found.cap_keys.append(cap.key)
            found.cap_classes.append(cap.cap_class)
            found.cap_rules += flat(cap.rules)
        return found


@cache
def flat(rules: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Three (count, seconds) pairs in a row, zeros for none."""
    numbers = tuple(number for rule in rules for number in rule)
    return numbers + (0,) * (6 - len(numbers))


def _lock_order(cap: Cap) -> tuple[bytes, int]:
    return cap.key, cap.cap_class
