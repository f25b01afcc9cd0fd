"""What the rules look at, and what they find."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sparekey.templates import origin_bound
from sparekey.templates.links import WRITTEN
from sparekey.templates.markup import Markup
from sparekey.templates.model import Channel, Kind, Language, Rendered, Template

Severity = Literal["error", "warning"]
Place = Literal["sms", "subject", "text", "html"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found; an `error` keeps the words from being used.

    `instead` is plainer wording, where there is some to offer.
    """

    rule: str
    severity: Severity
    message: str
    place: Place | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as rendered with sample values, and what it was rendered from."""

    template: Template
    language: Language
    channel: Channel
    can_reply: bool
    samples: Mapping[str, str]
    shown: Mapping[str, str]
    rendered: Rendered
    markup: Markup | None
    allowed_hosts: frozenset[str]

    @property
    def parts(self) -> dict[Place, str]:
        """The same message once per form in which somebody reads it, no-break spaces as spaces;
        without the line that browsers read."""
        if self.channel == "sms":
            text = self.rendered.text
            return {"sms": plain(text.rpartition("\n")[0] if origin_bound.parse(text) else text)}
        html: dict[Place, str] = {"html": plain(self.markup.words)} if self.markup else {}
        return {"text": plain(self.rendered.text), **html}

    @property
    def everything(self) -> dict[Place, str]:
        """The parts, and the subject."""
        subject = self.rendered.subject
        return {**self.parts, **({"subject": plain(subject)} if subject else {})}

    @property
    def values(self) -> list[str]:
        """What was filled in, longest first; a choice between our own words is no value."""
        choices = {one.name for one in self.template.variables if one.kind is Kind.CHOICE}
        filled = [value for name, value in self.shown.items() if name not in choices]
        return sorted(filled, key=len, reverse=True)

    def links(self, place: Place) -> list[str]:
        """Every address in one part, once per mention."""
        anchors = self.markup.anchors if self.markup and place == "html" else ()
        written = WRITTEN.findall(self.parts.get(place, ""))
        return [*written, *(anchor.href for anchor in anchors)]


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u00a0", " ")
