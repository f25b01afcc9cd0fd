"""Reading the settings of SMPP and SMTP; raises UnusableSettings and quotes no value."""

from collections.abc import Callable
from typing import TypeVar

from sparekey.gateways.model import UnusableSettings, Values

Value = TypeVar("Value")


def read(
    values: Values, name: str, reading: Callable[[str], Value], takes: str, default: str = ""
) -> Value:
    """What `reading` makes of a setting; its ValueError says that the setting `takes` another."""
    try:
        return reading(values.get(name, default))
    except ValueError as error:
        raise UnusableSettings(f"{name} {takes}.") from error


def require(is_right: bool, sentence: str) -> None:
    """Raises UnusableSettings with this sentence unless it is right."""
    if not is_right:
        raise UnusableSettings(f"{sentence}.")


def between(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number between two."""

    def reading(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
            raise ValueError("out of bounds")
        return int(text)

    return reading


def certificates(values: Values, name: str) -> str | None:
    """Certificates in PEM, as they came; None for none."""
    from cryptography.x509 import load_pem_x509_certificates

    text = values.get(name)
    if text is not None:
        try:
            load_pem_x509_certificates(text.encode())
        except ValueError as error:
            raise UnusableSettings(f"{name} takes certificates in PEM.") from error
    return text
