"""Parts of an email: each is written once and says the same in plain text and in MJML."""

from dataclasses import dataclass

from sparekey.templates.layout import blocks, button, paragraph
from sparekey.templates.model import Email

_CODE = (
    '<mj-text font-size="32px" font-weight="700" letter-spacing="1px">'
    "<p><bdi>{{ code }}</bdi></p></mj-text>"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph, button or code."""

    text: str
    mjml: str


def says(words: str) -> Part:
    """A paragraph."""
    return Part(words, paragraph(words))


def code(words: str) -> Part:
    """The code, large, and what it is for."""
    return Part(f"{{{{ code }}}}\n{words}", f"{_CODE}\n{paragraph(words)}")


def leads(words: str, *, link: str) -> Part:
    """A sentence and under it the whole address that the variable `link` holds."""
    address = "{{ " + link + " }}"
    return Part(f"{words}\n{address}", paragraph(f'{words}<br /><a href="{address}">{address}</a>'))


def acts(words: str, label: str, *, link: str) -> Part:
    """The one thing to do: a sentence, then a button with its whole address under it."""
    return Part(f"{words}\n{{{{ {link} }}}}", f"{paragraph(words)}\n{button(label, link=link)}")


def presses(label: str, *, link: str) -> Part:
    """The button alone, where the sentences before it say what it does."""
    return Part(f"{{{{ {link} }}}}", button(label, link=link))


def mail(subject: str, *parts: Part) -> Email:
    """An email of these parts, one empty line between them."""
    return Email(
        subject,
        blocks(*(part.text for part in parts)),
        blocks(*(part.mjml for part in parts)),
    )
