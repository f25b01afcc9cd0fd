"""A value that must not be printed: it shows as dots wherever it is formatted or logged."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, repr=False)
class Secret(Generic[Value]):
    """Holds a code, token, key or password; `reveal()` is the only way to it."""

    _value: Value

    def reveal(self) -> Value:
        """The value itself: call it where the value is used, never earlier."""
        return self._value

    def __repr__(self) -> str:
        return "••••••"

    __str__ = __repr__
