"""How far somebody has come, kept in their browser, and what several pages share.

The trail's cookie is the handle of its challenge: sealed, so that nobody who only knows the id of
a recovery can answer for it. It counts wrong codes as they were typed here, for strangers and
members alike; the challenge counts for itself and decides.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from sparekey import accounts, guard, http, pages, recovery, verification
from sparekey.brands import Brand
from sparekey.http import Answer, Request

PAGES = pages.Pages(Path(__file__).parent / "html")
#: What every route here declares: open to all, and in trouble answered with a page.
OPEN: dict[str, Any] = {
    "public": True,
    "include_in_schema": False,
    "exception_handlers": pages.HANDLERS,
}
#: As many wrong codes as a challenge looks at.
TRIES = 3
#: What a page can offer to send by; a brand's order may name more.
CHANNELS = ("sms", "email")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """From the typed identifier to the code."""

    brand: int
    identifier: str
    return_url: str | None = None
    recovery: UUID | None = None
    channel: str = "sms"
    sent_at: datetime | None = None
    next_send_at: datetime | None = None
    wrong: int = 0
    note: str = ""

    def works_until(self, brand: Brand) -> datetime:
        """When what was sent last stops working, told for strangers, too."""
        is_link = goes_by_link(brand, self.channel)
        life = verification.EMAIL_LINK_TTL if is_link else verification.CODE_TTL
        return (self.sent_at or _NEVER) + life

    def is_over(self, brand: Brand, at: datetime) -> bool:
        """Whether only a new recovery can help."""
        return self.recovery is None or self.wrong >= TRIES or at >= self.works_until(brand)

    def wait(self, at: datetime) -> int:
        """The seconds until something may be sent again."""
        left = (self.next_send_at or at) - at
        return max(0, -int(-left.total_seconds() // 1))


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A proof was right: its grant, and what was wrong with the last password."""

    brand: int
    recovery: UUID
    grant: str
    identifier: str = ""
    return_url: str | None = None
    note: str = ""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is back in."""

    brand: int
    return_url: str | None = None


TRAIL = pages.Cookie("trail", Trail, recovery.LIFE)
GRANTED = pages.Cookie("grant", Granted, recovery.GRANT_LIFE, "Strict")
LINK = pages.Cookie("link", str, verification.EMAIL_LINK_TTL)
DONE = pages.Cookie("done", Done, timedelta(hours=1))
DEVICE = pages.Cookie("device", str, accounts.DEVICE_LIFE, "Strict")


def goes_by_link(brand: Brand, channel: str) -> bool:
    """Whether this channel of this brand carries a link and no code."""
    return channel == "email" and brand.email_proof == "link"


def channels(brand: Brand) -> list[str]:
    """What the brand offers to send by, whoever asks."""
    return [channel for channel in brand.channel_order if channel in CHANNELS] or list(CHANNELS)


def trail_at(request: Request, brand: Brand) -> Trail | None:
    """The trail that this browser is on at this brand."""
    found = pages.kept(request, TRAIL)
    return found if found is not None and found.brand == brand.id else None


def granted_at(request: Request, brand: Brand, of: UUID | None = None) -> Granted | None:
    """The grant that this browser holds at this brand (of this recovery, if one is named)."""
    found = pages.kept(request, GRANTED)
    if found is None or found.brand != brand.id or of not in (None, found.recovery):
        return None
    return found


async def start(request: Request, brand: Brand, trail: Trail, channel: str) -> Answer:
    """Ask to get back in, and go on to the code; Problem 429 as the API has it."""
    around = http.context(request)
    at = around.clock()
    wanted = recovery.Request(
        brand=brand,
        identifier=trail.identifier,
        channel=channel,
        locale=pages.language_of(request, brand),
        device=pages.kept(request, DEVICE),
        return_url=trail.return_url,
        networks=networks(request),
    )
    made = await recovery.request(around.db, around.keyring, wanted, at=at)
    begun = msgspec.structs.replace(
        trail,
        recovery=made.id,
        channel=channel,
        sent_at=at,
        next_send_at=at + recovery.RESEND_AFTER,
        wrong=0,
        note="",
    )
    pages.keep(request, TRAIL, begun)
    return pages.redirect(request, f"/{brand.slug}/code")


def networks(request: Request) -> list[bytes]:
    """The keys of the visitor's network."""
    keyring = http.context(request).keyring
    return [keyring.index("network", key) for key in http.client(request).keys]


async def require_room(request: Request) -> None:
    """Forms are open to all, so each network has its rate; Problem 429."""
    around = http.context(request)
    retry_at = await guard.ask(around.db, networks=networks(request), at=around.clock())
    if retry_at is not None:
        wait = retry_at - around.clock()
        raise http.too_many(http.Quota("network", 60, timedelta(minutes=10), 0, wait))
