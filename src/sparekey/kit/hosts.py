"""Hosts to connect to, as an operator types them: a name, or an IP address without brackets."""

import re
from ipaddress import ip_address

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


def read_host(text: str) -> str:
    """A domain as it is, an IP address in its usual form; raises ValueError."""
    try:
        return str(ip_address(text))
    except ValueError:
        return read_domain(text)


def read_domain(text: str) -> str:
    """One that DNS can hold; raises ValueError."""
    if not _DOMAIN.fullmatch(text):
        raise ValueError("not a domain")
    return text


def stays_here(host: str) -> bool:
    """Whether a connection to `host` never leaves this machine.

    Wider than `origin.is_loopback`, which knows the few spellings of a page's own address.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
