"""The statements of a brand's own words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.templates.model import Email, Words

CURRENT = statement(
    "SELECT coalesce(max(version), 0) FROM templates.book WHERE brand_id = :brand", returns=int
)

#: The row stays locked until the change is written, so versions begin to exist in their order.
COUNT = statement(
    """INSERT INTO templates.book AS b (brand_id, version) VALUES (:brand, 1)
    ON CONFLICT (brand_id) DO UPDATE SET version = b.version + 1
    RETURNING version""",
    returns=int,
)

#: No row when somebody else changed the same words since the version that the writer had read.
KEEP = statement(
    """INSERT INTO templates.wording (brand_id, version, template, locale, sms, subject, body,
        mjml, saved_by, saved_at)
    SELECT :brand, :version, :template, :locale, :sms, :subject, :body, :mjml, :by, :at
    WHERE :expected::integer IS NULL OR :expected = (
        SELECT coalesce(max(w.version), 0) FROM templates.wording AS w
        WHERE w.brand_id = :brand AND w.template = :template AND w.locale = :locale)"""
)


@dataclass(frozen=True, slots=True)
class Wording:
    version: int
    template: str
    locale: str
    sms: str | None
    subject: str | None
    body: str | None
    mjml: str | None
    saved_by: UUID | None
    saved_at: datetime

    @property
    def words(self) -> Words | None:
        """What was saved; None when ours were taken back."""
        email = None
        if self.subject is not None and self.body is not None and self.mjml is not None:
            email = Email(self.subject, self.body, self.mjml)
        return None if self.sms is None and email is None else Words(self.sms, email)


#: The newest words of each template and locale as of a version.
AS_OF = statement(
    """SELECT DISTINCT ON (template, locale) version, template, locale, sms, subject, body, mjml,
        saved_by, saved_at
    FROM templates.wording WHERE brand_id = :brand AND version <= :version
    ORDER BY template, locale, version DESC""",
    returns=Wording,
)

HISTORY = statement(
    """SELECT version, template, locale, sms, subject, body, mjml, saved_by, saved_at
    FROM templates.wording
    WHERE brand_id = :brand AND template = :template AND locale = :locale
    ORDER BY version DESC LIMIT :limit""",
    returns=Wording,
)
