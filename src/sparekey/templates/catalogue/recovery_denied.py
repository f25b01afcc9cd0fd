"""Confirms that a request was stopped because the customer said it was not theirs."""

from sparekey.templates.catalogue import _english as en
from sparekey.templates.layout import blocks, paragraph
from sparekey.templates.model import Email, Template, Words
from sparekey.templates.variables import BRAND, FORGOT_URL, NAME, SUPPORT

_STOPPED = "{{ brand }} stopped the request you said was not yours. Your password has not changed."
_AGAIN_SMS = (
    "Was it you? "
    "{% if support_phone %}Call {{ support_phone }}" + en.HOURS + "{% elsif forgot_url %}"
    "Start again at {{ forgot_url }}{% else %}" + en.WHO_HELPS + "{% endif %}"
)
_AGAIN_TEXT = (
    "Was it you? {% if forgot_url %}Start again here:\n{{ forgot_url }}"
    "{% else %}" + en.WHO_HELPS + "{% endif %}"
)
_AGAIN_MJML = (
    "Was it you? {% if forgot_url %}Start again here:<br />"
    '<a href="{{ forgot_url }}">{{ forgot_url }}</a>'
    "{% else %}" + en.WHO_HELPS + "{% endif %}"
)

template = Template(
    purpose="recovery_denied",
    proof=None,
    variables=(BRAND, NAME, FORGOT_URL, *SUPPORT),
    locales={
        "en": Words(
            sms=f"{_STOPPED} {_AGAIN_SMS}",
            email=Email(
                subject="{{ brand }} stopped a request that was not yours",
                text=blocks(en.HELLO_TEXT, _STOPPED, _AGAIN_TEXT, en.SUPPORT_TEXT),
                mjml=blocks(
                    paragraph(en.HELLO_MJML + _STOPPED),
                    paragraph(_AGAIN_MJML),
                    en.SUPPORT_MJML,
                ),
            ),
        ),
    },
)
