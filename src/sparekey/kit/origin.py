"""Web origins and addresses as an operator types them: read strictly, kept in one form."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(
    r"\[[0-9a-f:.]+\]|(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_HOST_AND_PORT = re.compile(r"(\[[^\]@]*\]|[^:@]*)(?::([0-9]{1,5}))?")
_NOT_IN_A_URL = re.compile(r"[^!-~]|[\\\"<>^`{|}]")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_loopback(host: str) -> bool:
    """Whether `host` (as in a URL, without its port) names this machine and no other."""
    return host.lower() in _LOOPBACK


def read_origin(text: str) -> str:
    """Scheme, host and port in lower case and nothing else; raises ValueError.

    https, or http on loopback: what is built on it is sent to customers.
    """
    read = read_address(text)
    parts = urlsplit(read)
    if parts.path not in {"", "/"} or "?" in text:
        raise ValueError("more than scheme and host")
    return f"{parts.scheme}://{parts.netloc}"


def read_address(text: str) -> str:
    """An absolute http(s) address, its scheme and host in lower case; raises ValueError.

    No user, no dot segments, no fragment, no character that browsers read in more than one way.
    """
    if len(text) > 2000 or _NOT_IN_A_URL.search(text):
        raise ValueError("a character that no URL has")
    parts = urlsplit(text)
    netloc = parts.netloc.lower()
    found = _HOST_AND_PORT.fullmatch(netloc)
    if found is None or not _HOST.fullmatch(found[1]) or not 0 < int(found[2] or 443) < 65536:
        raise ValueError("not a host")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(found[1])):
        raise ValueError("not https")
    if "#" in text or {".", ".."} & set(parts.path.split("/")) or "//" in parts.path:
        raise ValueError("an address that can be read in two ways")
    return parts._replace(netloc=netloc).geturl()
