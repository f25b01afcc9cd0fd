"""How an address is recognised among words, also one without its scheme: phones link that, too."""

import re
from urllib.parse import urlsplit

_HOST_NAME = r"(?:[a-z0-9-]+\.)+[a-z]{2,}"

#: A host name among words.
HOST_LIKE = re.compile(_HOST_NAME, re.IGNORECASE)
#: A whole address among words.
WRITTEN = re.compile(rf"https?://[^\s<>\"]+|(?<!@)\b{_HOST_NAME}/[^\s<>\"]*", re.IGNORECASE)


def host_of(url: str) -> str:
    """The host of an address, with or without its scheme; empty when it has none."""
    return urlsplit(url if "://" in url else f"https://{url}").hostname or ""


def without_path(visible: str) -> str:
    """A visible address without its path, where a dot makes no host."""
    return urlsplit(visible).netloc if "://" in visible else visible
