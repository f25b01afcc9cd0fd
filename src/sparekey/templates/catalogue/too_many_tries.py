"""Says that codes are paused after too many wrong ones, when they work again and who helps."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, NAME, NOT_ME_URL, SUPPORT, WAIT_FOR

_TOO_MANY = "Too many wrong codes for your {{ brand }} account."
_NEXT = "{% if wait_for %}Try again in {{ wait_for }}.{% else %}Ask for a new code.{% endif %}"
_HELP = "Need help now? " + en.WHO_HELPS
_HELP_SMS = (
    "{% if support_phone or support_email %}Help: "
    "{% if support_phone %}{{ support_phone }}{% else %}{{ support_email }}{% endif %}"
    "{% if support_hours %} ({{ support_hours }}){% endif %}. {% endif %}"
)

template = Template(
    purpose="too_many_tries",
    proof=None,
    variables=(BRAND, WAIT_FOR.optional(), NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_TOO_MANY} {_NEXT} {_HELP_SMS}{en.not_me_sms()}",
            email=Email(
                subject="Too many wrong codes for your {{ brand }} account",
                text=blocks(
                    en.HELLO_TEXT,
                    f"{_TOO_MANY} {_NEXT} Your password has not changed.",
                    _HELP,
                    en.not_me_text(),
                    "{{ brand }}",
                ),
                mjml=blocks(
                    paragraph(
                        en.HELLO_MJML + f"{_TOO_MANY} {_NEXT} Your password has not changed."
                    ),
                    paragraph(_HELP),
                    en.not_me_mjml(),
                    paragraph("{{ brand }}"),
                ),
            ),
        ),
    },
)
