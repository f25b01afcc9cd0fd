"""Tells a new address that the password changed: it still waits, so it names people, not a link."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, BROWSER, HAPPENED_AT, NAME, PLACE, SUPPORT

_CHANGED = "Your password at {{ brand }} was changed on {{ happened_at }}"

template = Template(
    purpose="password_changed",
    proof=None,
    variables=(BRAND, HAPPENED_AT, BROWSER, PLACE, NAME, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_CHANGED}. Not you? {en.HELP_SMS}",
            email=Email(
                subject="Your password at {{ brand }} was changed",
                text=blocks(
                    en.HELLO_TEXT,
                    _CHANGED + en.FROM + ".",
                    "Was it you? Then there is nothing to do.",
                    f"Not you? {en.WHO_HELPS}",
                ),
                mjml=blocks(
                    paragraph(en.HELLO_MJML + _CHANGED + en.FROM + "."),
                    paragraph("Was it you? Then there is nothing to do."),
                    paragraph(f"Not you? {en.WHO_HELPS}"),
                ),
            ),
        ),
    },
)
