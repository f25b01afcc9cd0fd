"""Tells every address of an account that it was deleted: nothing is left to stop, so no link."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, HAPPENED_AT, SUPPORT

_DELETED = "Your {{ brand }} account was deleted on {{ happened_at }}"

template = Template(
    purpose="account_deleted",
    proof=None,
    variables=(BRAND, HAPPENED_AT, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_DELETED}. Not you? {en.HELP_SMS}",
            email=Email(
                subject="Your {{ brand }} account was deleted",
                text=blocks(
                    _DELETED + ".",
                    "Was it you? Then there is nothing to do.",
                    f"Not you? {en.WHO_HELPS}",
                ),
                mjml=blocks(
                    paragraph(_DELETED + "."),
                    paragraph("Was it you? Then there is nothing to do."),
                    paragraph(f"Not you? {en.WHO_HELPS}"),
                ),
            ),
        ),
    },
)
