"""English sentences that several messages share, as plain words and as MJML."""

from sparekey.templates.layout import paragraph

_STOP_IT = "Open this link{% if can_reply %} or reply NO to this email{% endif %}, and we stop it:"


def not_me_sms(*, asks: str = "Not you?") -> str:
    """What to do if it was somebody else: the word to reply where replies arrive, else the link."""
    return asks + " {% if can_reply %}Reply NO.{% else %}{{ not_me_url }}{% endif %}"


def not_me_text(what_then: str = _STOP_IT, *, asks: str = "Not you?") -> str:
    """What to do if it was somebody else, and the link for it."""
    return f"{asks} {what_then}\n{{{{ not_me_url }}}}"


def not_me_mjml(what_then: str = _STOP_IT, *, asks: str = "Not you?") -> str:
    """As `not_me_text`, for the HTML part."""
    return paragraph(
        f'{asks} {what_then}<br /><a href="{{{{ not_me_url }}}}">{{{{ not_me_url }}}}</a>'
    )


HOURS = "{% if support_hours %} ({{ support_hours }}){% endif %}."
WHO_HELPS = (
    "{% if support_phone %}Call {{ support_phone }}"
    "{% if support_email %} or write to {{ support_email }}{% endif %}"
    "{% elsif support_email %}Write to {{ support_email }}"
    "{% else %}Ask {{ brand }}{% endif %}" + HOURS
)
HELP_SMS = (
    "{% if support_phone %}Call {{ support_phone }}.{% elsif support_email %}"
    "Write to {{ support_email }}.{% else %}Ask {{ brand }}.{% endif %}"
)
_QUESTIONS = "{% if support_phone or support_email %}Questions? " + WHO_HELPS
SUPPORT_TEXT = _QUESTIONS + "{% endif %}\n{{ brand }}"
SUPPORT_MJML = paragraph(_QUESTIONS + "<br />{% endif %}{{ brand }}")

_TYPE_IT = (
    "Type it on the page that asked for it and tell it to nobody. "
    "It works once, for {{ valid_for }}."
)
TYPE_IT_TEXT = _TYPE_IT + "{% if page_url %}\nThe page: {{ page_url }}{% endif %}"
TYPE_IT_MJML = paragraph(
    _TYPE_IT + '{% if page_url %}<br />The page: <a href="{{ page_url }}">{{ page_url }}</a>'
    "{% endif %}"
)

CODE_MJML = (
    '<mj-text font-size="32px" font-weight="700" letter-spacing="1px"><p>{{ code }}</p></mj-text>'
)
HELLO_TEXT = "{% if name %}Hello {{ name }},{% endif %}"
HELLO_MJML = "{% if name %}Hello {{ name }},</p><p>{% endif %}"
FROM = "{% if browser %} with {{ browser }}{% endif %}{% if place %} near {{ place }}{% endif %}"
