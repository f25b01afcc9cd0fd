"""Reading what whoever configures a gateway said."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sparekey.gateways.model import Setting, UnusableSettings, Values
from sparekey.kit.hosts import stays_here
from sparekey.kit.secret import Secret

#: Settings that every kind over HTTP has, besides its own.
COMMON = (
    Setting("ca", "certificates (PEM) of who may vouch for the provider", "the system's"),
    Setting("proxy", "the proxy to go through; the environment's is not used", "none"),
    Setting("connections", "how many at once, from 1 to 64", "8"),
    Setting("timeout", "seconds to wait for an answer, from 1 to 15", "15"),
)
_LINE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?")


def api_setting(default: str) -> Setting:
    """Where the provider listens: another region, or a test's."""
    return Setting("api", "the address of the provider's API", default)


def currency_setting(default: str) -> Setting:
    """What prices are in, where receipts do not say so themselves."""
    return Setting("currency", "what its prices are in (ISO 4217), as its console shows", default)


@dataclass(frozen=True, slots=True)
class Told:
    """The settings of one gateway; every verb raises UnusableSettings and quotes no value."""

    values: Values = field(repr=False)

    def has(self, name: str) -> bool:
        """Whether it was said."""
        return bool(self.values.get(name))

    def text(self, name: str, default: str = "", *, like: str = "", takes: str = "") -> str:
        """One line of ASCII, `like` a pattern if there is one."""
        found = self.values.get(name) or default
        if not _LINE.fullmatch(found) or (like and not re.fullmatch(like, found)):
            raise UnusableSettings(f"{name} takes {takes or 'one line of plain ASCII'}.")
        return found

    def maybe(self, name: str, *, like: str = "", takes: str = "") -> str:
        """The same, or nothing."""
        return self.text(name, like=like, takes=takes) if self.has(name) else ""

    def secret(self, name: str) -> Secret[str]:
        """One line of ASCII that is never shown."""
        return Secret(self.text(name))

    def maybe_secret(self, name: str) -> Secret[str] | None:
        """The same where it may be left out."""
        return self.secret(name) if self.has(name) else None

    def currency(self, default: str = "") -> str | None:
        """The one that prices are in; None while nobody knows."""
        takes = "three capital letters, as USD"
        found = self.values.get("currency") or default
        return self.text("currency", default, like="[A-Z]{3}", takes=takes) if found else None

    def choice(self, name: str, *choices: str) -> str:
        """One of these; the first when nothing was said."""
        found = self.values.get(name) or choices[0]
        if found not in choices:
            raise UnusableSettings(f"{name} takes {', '.join(choices)}.")
        return found

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number between two."""
        found = self.values.get(name) or str(default)
        is_number = found.isascii() and found.isdigit() and len(found) < 10
        if not is_number or not least <= int(found) <= most:
            raise UnusableSettings(f"{name} takes {least} to {most}.")
        return int(found)

    def address(self, name: str, default: str = "") -> str:
        """An https address without a / at its end; http on loopback only."""
        found = self.text(name, default).rstrip("/")
        if not is_safe_address(found):
            raise UnusableSettings(f"{name} takes an https address (http on loopback only).")
        return found

    def together(self, *names: str) -> bool:
        """Whether all of these were said; some of them alone are a mistake."""
        said = [self.has(name) for name in names]
        if any(said) and not all(said):
            raise UnusableSettings(f"{' and '.join(names)} go together.")
        return all(said)


def is_safe_address(url: str) -> bool:
    """https to anywhere, http to this machine; without a name, a password or a fragment in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and stays_here(parts.hostname or "")
    named = parts.username is None and parts.password is None and not parts.fragment
    return bool(parts.hostname) and named and (parts.scheme == "https" or plain)
