"""Tells the old address that another one took its place, and how to undo that."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, button, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import (
    ADDRESS_KIND,
    BRAND,
    BROWSER,
    HAPPENED_AT,
    NAME,
    PLACE,
    SUPPORT,
    UNDO_URL,
    VALID_FOR,
)

_WHICH = '{% if address_kind == "phone" %}phone number{% else %}email address{% endif %}'
_CHANGED = f"The {_WHICH} of your {{{{ brand }}}} account was changed on {{{{ happened_at }}}}"
_UNDO = "Not you? Undo it within {{ valid_for }}"
_OR_CALL = "{% if support_phone %} or call {{ support_phone }}{% endif %}"

template = Template(
    purpose="address_changed",
    proof=None,
    variables=(
        *(BRAND, ADDRESS_KIND, HAPPENED_AT, BROWSER, PLACE),
        *(NAME, UNDO_URL, VALID_FOR, *SUPPORT),
    ),
    locales={
        "en": Words(
            sms=f"{_CHANGED}. {_UNDO} at {{{{ undo_url }}}}{_OR_CALL}",
            email=Email(
                subject=f"The {_WHICH} of your {{{{ brand }}}} account was changed",
                text=blocks(
                    en.HELLO_TEXT,
                    _CHANGED + en.FROM + ".",
                    "Was it you? Then there is nothing to do.",
                    _UNDO + ":\n{{ undo_url }}",
                    en.SUPPORT_TEXT,
                ),
                mjml=blocks(
                    paragraph(en.HELLO_MJML + _CHANGED + en.FROM + "."),
                    paragraph("Was it you? Then there is nothing to do."),
                    paragraph(_UNDO + ":"),
                    button("Undo the change", link="undo_url"),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
