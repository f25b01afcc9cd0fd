"""Confirms that a request was stopped because the customer said it was not theirs."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, NAME, SUPPORT

_STOPPED = (
    "You told us that a request was not yours, so {{ brand }} stopped it. "
    "Your password has not changed."
)

template = Template(
    purpose="recovery_denied",
    proof=None,
    variables=(BRAND, NAME, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_STOPPED} Was it you? {en.WHO_HELPS_SMS}",
            email=Email(
                subject="{{ brand }} stopped a request that was not yours",
                text=blocks(en.HELLO_TEXT, _STOPPED, "Was it you? " + en.WHO_HELPS, "{{ brand }}"),
                mjml=blocks(
                    paragraph(en.HELLO_MJML + _STOPPED),
                    paragraph("Was it you? " + en.WHO_HELPS),
                    paragraph("{{ brand }}"),
                ),
            ),
        ),
    },
)
