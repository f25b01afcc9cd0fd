"""A brand: a company or product whose customers we serve, and how it wants to speak to them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sparekey.kit.origin import read_address, read_origin
from sparekey.kit.problem import Problem

CHANNELS = ("sms", "email", "voice", "whatsapp", "rcs")
EMAIL_PROOFS = ("link", "code")

#: First words of our own addresses: a brand's pages live beside them.
RESERVED_SLUGS = frozenset(
    {"api", "assets", "console", "healthz", "hooks", "l", "metrics", "readyz", "sandbox", "static"}
    | {"undo", "v1", "v2", "www"}
)

#: What nobody asked for goes between these hours of a brand's time zone.
_DAY_BEGINS, _DAY_ENDS = 8, 20
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_COLOUR = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SENDER_NUMBER = re.compile(r"\+?[0-9]{3,15}")


@dataclass(frozen=True, slots=True)
class Support:
    """Where a customer finds a person."""

    phone: str | None = None
    email: str | None = None
    chat_url: str | None = None
    hours: str | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether there is any way to a person at all."""
        return bool(self.phone or self.email or self.chat_url)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a text shows as its sender: a name, or a number; only a number can be replied to."""

    name: str
    number: str | None = None
    can_reply: bool = False


@dataclass(frozen=True, slots=True)
class ClassicPolicy:
    """After `attempts` failures recovery by code pauses for `pause`; off unless a brand wants it,
    because a lock is a weapon in a stranger's hand."""

    attempts: int | None = None
    pause: timedelta = timedelta(hours=1)

    @property
    def is_on(self) -> bool:
        """Whether attempts are counted towards a pause."""
        return self.attempts is not None


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that is safe to show; the digest of its content names it."""

    digest: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LookWish:
    """How a brand shall look from now on: None leaves as it is, an empty word takes away."""

    colour: str | None = None
    privacy_url: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandWish:
    """What a new brand shall be like; `checked` refuses what it cannot be."""

    slug: str
    name: str
    is_sandbox: bool = False
    locale: str = "en"
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    channel_order: tuple[str, ...] = ("sms", "email")
    email_proof: str = "link"
    base_url: str | None = None
    return_urls: tuple[str, ...] = ()
    support: Support = field(default_factory=Support)
    sender: Sender | None = None
    classic: ClassicPolicy = field(default_factory=ClassicPolicy)
    colour: str | None = None
    privacy_url: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A brand as it is. `countries` is None only for a sandbox and then means everywhere; an empty
    tuple, the start of every live brand, means nowhere. `base_url` None is the deployment's, `logo`
    the digest of its picture."""

    id: int
    slug: str
    name: str
    is_sandbox: bool
    locale: str
    languages: tuple[str, ...]
    countries: tuple[str, ...] | None
    channel_order: tuple[str, ...]
    email_proof: str
    base_url: str | None
    return_urls: tuple[str, ...]
    support: Support
    sender: Sender
    classic: ClassicPolicy
    colour: str | None = None
    privacy_url: str | None = None
    time_zone: str = "UTC"
    logo: str | None = None

    @property
    def allowed_countries(self) -> frozenset[str] | None:
        """Where texts may go; None is everywhere."""
        return None if self.countries is None else frozenset(self.countries)

    def until_day(self, at: datetime) -> timedelta:
        """How long until it is day where the brand is: nothing from 8 to 20 o'clock."""
        local = at.astimezone(ZoneInfo(self.time_zone))
        if _DAY_BEGINS <= local.hour < _DAY_ENDS:
            return timedelta(0)
        morning = local.replace(hour=_DAY_BEGINS, minute=0, second=0, microsecond=0)
        if local.hour >= _DAY_ENDS:
            morning += timedelta(days=1)
        return morning.astimezone(UTC) - at

    def serves(self, country: str) -> bool:
        """Whether texts may go to numbers of `country` (ISO 3166-1 alpha-2)."""
        return self.countries is None or country in self.countries

    def allows_return_to(self, url: str) -> bool:
        """Whether customers may be sent to `url` afterwards: one of the list, to the letter."""
        return url in self.return_urls


def is_slug(text: str) -> bool:
    """Whether this could be a brand's word in an address."""
    return _SLUG.fullmatch(text) is not None


def checked(wish: BrandWish) -> BrandWish:
    """`wish` with its defaults filled in; Problem 422 names the first field that is wrong."""
    _require("slug", bool(_SLUG.fullmatch(wish.slug)), "takes a-z, 0-9 and -, 40 at most")
    _require("slug", wish.slug not in RESERVED_SLUGS, "is the name of a page of ours")
    _require("name", _is_plain(wish.name, 80), "takes 1 to 80 printable characters")
    languages = wish.languages or (wish.locale,)
    for tag in (wish.locale, *languages):
        _require("locale", bool(_LOCALE.fullmatch(tag)), "takes language tags such as en or pt-BR")
    _require("locale", wish.locale in languages, "must be one of the languages")
    _check_reach(wish)
    _check_contacts(wish.support)
    sender = wish.sender or Sender(wish.name[:11].strip())
    _check_sender(sender)
    _require("classic", wish.classic.attempts in {None, *range(1, 21)}, "takes 1 to 20 attempts")
    return BrandWish(
        slug=wish.slug,
        name=wish.name,
        is_sandbox=wish.is_sandbox,
        locale=wish.locale,
        languages=languages,
        countries=wish.countries,
        channel_order=wish.channel_order,
        email_proof=wish.email_proof,
        base_url=None if wish.base_url is None else _address("base_url", wish.base_url),
        return_urls=tuple(_address("return_url", url) for url in wish.return_urls),
        support=wish.support,
        sender=sender,
        classic=wish.classic,
        colour=None if wish.colour is None else _colour(wish.colour),
        privacy_url=None if wish.privacy_url is None else _address("privacy_url", wish.privacy_url),
        time_zone=_time_zone(wish.time_zone),
    )


def checked_look(wish: LookWish) -> LookWish:
    """`wish` in the forms that are stored; Problem 422 names the first field that is wrong."""
    return LookWish(
        colour=_colour(wish.colour) if wish.colour else wish.colour,
        privacy_url=_address("privacy_url", wish.privacy_url)
        if wish.privacy_url
        else wish.privacy_url,
        time_zone=None if wish.time_zone is None else _time_zone(wish.time_zone or "UTC"),
    )


def _check_reach(wish: BrandWish) -> None:
    countries = all(_COUNTRY.fullmatch(country) for country in wish.countries)
    _require("countries", countries, "takes two-letter codes such as GB")
    _require("countries", _once(wish.countries), "names a country twice")
    channels = bool(wish.channel_order) and set(wish.channel_order) <= set(CHANNELS)
    _require("channel_order", channels, f"takes {', '.join(CHANNELS)}")
    _require("channel_order", _once(wish.channel_order), "names a channel twice")
    _require("email_proof", wish.email_proof in EMAIL_PROOFS, "takes link or code")


def _check_contacts(support: Support) -> None:
    for name in ("phone", "email", "hours"):
        value: str | None = getattr(support, name)
        _require(f"support_{name}", value is None or _is_plain(value, 120), "takes one short line")
    if support.chat_url is not None:
        _address("support_chat_url", support.chat_url)


def _check_sender(sender: Sender) -> None:
    _require("sender", _is_plain(sender.name, 80), "takes a name of 1 to 80 characters")
    number = sender.number is None or bool(_SENDER_NUMBER.fullmatch(sender.number))
    _require("sender", number, "takes a number or a short code")
    _require("sender", not sender.can_reply or bool(sender.number), "needs a number to reply to")


def _colour(text: str) -> str:
    found = _COLOUR.fullmatch(text.lower())
    if found is None:
        raise _refused("colour", "takes a colour such as #2b50d8")
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _refused("time_zone", "takes a name such as Europe/Berlin") from error


def _address(name: str, text: str) -> str:
    try:
        return read_origin(text) if name == "base_url" else read_address(text)
    except ValueError as error:
        raise _refused(name, "takes an https address") from error


def _is_plain(text: str, most: int) -> bool:
    return 1 <= len(text) <= most and text == text.strip() and not _UNPRINTABLE.search(text)


def _once(words: Iterable[str]) -> bool:
    listed = list(words)
    return len(set(listed)) == len(listed)


def _require(name: str, is_right: bool, otherwise: str) -> None:
    if not is_right:
        raise _refused(name, otherwise)


def _refused(name: str, otherwise: str) -> Problem:
    return Problem("brand.unusable", 422, f"{name} {otherwise}.", extra={"field": name})
