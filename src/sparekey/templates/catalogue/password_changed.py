"""Tells every address of an account that its password is a new one."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import (
    BRAND,
    BROWSER,
    HAPPENED_AT,
    NAME,
    NOT_ME_URL,
    PLACE,
    SUPPORT,
)

_CHANGED = "Your password at {{ brand }} was changed on {{ happened_at }}"
_TELL_US_SMS = (
    "{% if can_reply %}Reply NO,{% if support_phone %} call {{ support_phone }}{% endif %} or open"
    "{% elsif support_phone %}Call {{ support_phone }} or open{% else %}Open{% endif %}"
)
_TELL_US = (
    "Tell us here{% if can_reply %} or reply NO to this email{% endif %}, "
    "and we help you take your account back:"
)

template = Template(
    purpose="password_changed",
    proof=None,
    variables=(BRAND, HAPPENED_AT, BROWSER, PLACE, NAME, NOT_ME_URL, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_CHANGED}. Not you? {_TELL_US_SMS} {{{{ not_me_url }}}}",
            email=Email(
                subject="Your password at {{ brand }} was changed",
                text=blocks(
                    en.HELLO_TEXT,
                    _CHANGED + en.FROM + ".",
                    "Was it you? Then there is nothing to do.",
                    en.not_me_text(_TELL_US),
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    paragraph(en.HELLO_MJML + _CHANGED + en.FROM + "."),
                    paragraph("Was it you? Then there is nothing to do."),
                    en.not_me_mjml(_TELL_US),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
