"""The variables that messages share, each with the longest value a message must still hold."""

from sparekey.templates.model import Kind, Variable

SAMPLE_HOST = "account.company.example"
_SAMPLE_TOKEN = "k7Qm2vZx9LwRt4YpHs8NcJdFg3BaEu6oTi1KyXqWe5M"  # noqa: S105  # as long as one

BRAND = Variable("brand", Kind.BRAND, "Grand Northern Trust")
CODE = Variable("code", Kind.CODE, "123456789012")
LINK = Variable("link", Kind.LINK, f"https://{SAMPLE_HOST}/l/{_SAMPLE_TOKEN}")
VALID_FOR = Variable("valid_for", Kind.MINUTES, "1440")
WAIT_FOR = Variable("wait_for", Kind.MINUTES, "1440")
HOST = Variable("host", Kind.HOST, SAMPLE_HOST, is_optional=True)
PAGE_URL = Variable("page_url", Kind.LINK, f"https://{SAMPLE_HOST}/company/code", is_optional=True)
FORGOT_URL = Variable(
    "forgot_url", Kind.LINK, f"https://{SAMPLE_HOST}/company/forgot", is_optional=True
)
NOT_ME_URL = Variable(
    "not_me_url", Kind.LINK, f"https://{SAMPLE_HOST}/company/not-me?m={_SAMPLE_TOKEN}"
)
UNDO_URL = Variable("undo_url", Kind.LINK, f"https://{SAMPLE_HOST}/company/undo?m={_SAMPLE_TOKEN}")
NAME = Variable("name", Kind.PERSON, "Maximiliane Konstantinopolskij", is_optional=True)
LOGIN = Variable("login", Kind.LOGIN, "max.konstantinopolskij", is_optional=True)
HAPPENED_AT = Variable("happened_at", Kind.MOMENT, "2026-11-22T17:23:00+05:30")
EXPIRES_ON = Variable("expires_on", Kind.DAY, "2026-09-30", is_optional=True)
BROWSER = Variable("browser", Kind.WORDS, "Firefox on Windows", is_optional=True)
PLACE = Variable("place", Kind.WORDS, "Newcastle upon Tyne", is_optional=True)
ADDRESS_KIND = Variable("address_kind", Kind.CHOICE, "email", choices=("email", "phone"))

SUPPORT = (
    Variable("support_phone", Kind.PHONE, "+44 20 7946 0000", is_optional=True),
    Variable("support_email", Kind.EMAIL, "help@company.example", is_optional=True),
    Variable("support_hours", Kind.WORDS, "Mon-Fri 9-17, Sat 9-13", is_optional=True),
)
WITH_A_CODE = (BRAND, CODE, VALID_FOR, HOST, PAGE_URL, NOT_ME_URL, *SUPPORT)
