"""The last line that binds a code to one site: `@host #code`.

Written and read as in the WICG report "Origin-bound one-time codes delivered via SMS"
(sections Message format and Parsing), so that a phone offers the code on that site alone.
"""

from dataclasses import dataclass

_ASCII_WHITESPACE = "\t\n\f\r "


@dataclass(frozen=True, slots=True)
class OriginBound:
    """What a browser understands from a message; the embedded host is a frame's, if named."""

    host: str
    code: str
    embedded_host: str | None = None


def line(host: str, code: str) -> str:
    """The line itself; it has to be the last of its message."""
    return f"@{host} #{code}"


def parse(message: str) -> OriginBound | None:
    """What a browser reads from `message`, by the report's algorithm; None is its failure."""
    last = message.replace("\r\n", "\n").replace("\r", "\n").split("\n")[-1]
    host, rest = _marked(last, "@")
    if not host or not rest.startswith(" "):
        return None
    code, rest = _marked(rest[1:], "#")
    if not code:
        return None
    embedded = _marked(rest[1:], "@")[0] if rest.startswith(" ") else ""
    return OriginBound(host, code, embedded or None)


def _marked(text: str, marker: str) -> tuple[str, str]:
    """The token behind `marker` up to ASCII whitespace, and what follows; empty is failure."""
    if not text.startswith(marker):
        return "", text
    end = next((at for at, sign in enumerate(text) if sign in _ASCII_WHITESPACE), len(text))
    return text[1:end], text[end:]
