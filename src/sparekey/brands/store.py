"""The brand table."""

from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString

from sparekey.brands.model import Brand, ClassicPolicy, Logo, Sender, Support
from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class BrandRow:
    """A row as it is stored."""

    id: int
    slug: str
    name: str
    is_sandbox: bool
    locale: str
    languages: list[str]
    countries: list[str] | None
    channel_order: list[str]
    email_proof: str
    base_url: str | None
    return_urls: list[str]
    support_phone: str | None
    support_email: str | None
    support_chat_url: str | None
    support_hours: str | None
    sender_name: str
    sender_number: str | None
    sender_can_reply: bool
    classic_attempts: int | None
    classic_pause: timedelta
    colour: str | None
    privacy_url: str | None
    time_zone: str
    logo: str | None

    def brand(self) -> Brand:
        """The brand this row is."""
        return Brand(
            id=self.id,
            slug=self.slug,
            name=self.name,
            is_sandbox=self.is_sandbox,
            locale=self.locale,
            languages=tuple(self.languages),
            countries=None if self.countries is None else tuple(self.countries),
            channel_order=tuple(self.channel_order),
            email_proof=self.email_proof,
            base_url=self.base_url,
            return_urls=tuple(self.return_urls),
            support=Support(
                self.support_phone, self.support_email, self.support_chat_url, self.support_hours
            ),
            sender=Sender(self.sender_name, self.sender_number, self.sender_can_reply),
            classic=ClassicPolicy(self.classic_attempts, self.classic_pause),
            colour=self.colour,
            privacy_url=self.privacy_url,
            time_zone=self.time_zone,
            logo=self.logo,
        )


_COLUMNS: LiteralString = """
    id, slug, name, is_sandbox, locale, languages, countries, channel_order, email_proof, base_url,
    return_urls, support_phone, support_email, support_chat_url, support_hours, sender_name,
    sender_number, sender_can_reply, classic_attempts, classic_pause, colour, privacy_url,
    time_zone, (SELECT l.digest FROM brands.logo AS l WHERE l.brand_id = brand.id) AS logo
    """

_BRAND: LiteralString = "SELECT" + _COLUMNS + "FROM brands.brand"

#: No row when the slug is taken: of two simultaneous creations one wins.
INSERT = statement(
    """
    INSERT INTO brands.brand (
        slug, name, is_sandbox, locale, languages, countries, channel_order, email_proof,
        base_url, return_urls, support_phone, support_email, support_chat_url, support_hours,
        sender_name, sender_number, sender_can_reply, classic_attempts, classic_pause, created_at,
        colour, privacy_url, time_zone
    )
    VALUES (
        :slug, :name, :is_sandbox, :locale, :languages, :countries, :channel_order, :email_proof,
        :base_url, :return_urls, :support_phone, :support_email, :support_chat_url, :support_hours,
        :sender_name, :sender_number, :sender_can_reply, :classic_attempts, :classic_pause, :at,
        :colour, :privacy_url, :time_zone
    )
    ON CONFLICT (slug) DO NOTHING
    RETURNING """  # noqa: S608  # joined from literals: pyright takes nothing else
    + _COLUMNS,
    returns=BrandRow,
)

BY_ID = statement(
    _BRAND
    + """
    WHERE id = :id
    """,
    returns=BrandRow,
)

BY_SLUG = statement(
    _BRAND
    + """
    WHERE slug = :slug
    """,
    returns=BrandRow,
)

ALL = statement(
    _BRAND
    + """
    ORDER BY slug
    """,
    returns=BrandRow,
)

#: NULL leaves a field as it is, an empty text takes it away.
CHANGE_LOOK = statement(
    """
    UPDATE brands.brand
    SET colour = nullif(coalesce(:colour, colour), ''),
        privacy_url = nullif(coalesce(:privacy_url, privacy_url), ''),
        time_zone = coalesce(:time_zone, time_zone)
    WHERE slug = :slug
    RETURNING id
    """,
    returns=int,
)

PUT_LOGO = statement(
    """
    INSERT INTO brands.logo (brand_id, digest, media_type, content)
    VALUES (:brand_id, :digest, :media_type, :content)
    ON CONFLICT (brand_id) DO UPDATE
    SET digest = EXCLUDED.digest, media_type = EXCLUDED.media_type, content = EXCLUDED.content
    """
)

DELETE_LOGO = statement("DELETE FROM brands.logo WHERE brand_id = :brand_id")

#: Two brands may show the same picture; which of the rows answers makes no difference.
LOGO = statement(
    """
    SELECT digest, media_type, content FROM brands.logo
    WHERE digest = :digest
    LIMIT 1
    """,
    returns=Logo,
)
