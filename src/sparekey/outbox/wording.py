"""From a waiting message to the words that are handed over."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sparekey import brands, gateways, templates
from sparekey.kit.keyring import Keyring
from sparekey.outbox import store
from sparekey.outbox.links import answer_token, not_me_token
from sparekey.outbox.model import Envelope

#: What can be replied to with a word, where its sender takes replies.
_ANSWERED = frozenset({"sms", "email"})


@dataclass(frozen=True, slots=True)
class Worder:
    """Renders messages, each for the sender that was chosen for it."""

    keyring: Keyring
    base_url: str

    def rendered(
        self,
        message: store.Claimed,
        brand: brands.Brand,
        book: templates.Book,
        envelope: Envelope,
        sender: gateways.From,
        at: datetime,
    ) -> gateways.Outgoing:
        """The message to hand over; raises templates.CannotRender."""
        words = templates.render(
            message.template,
            channel="email" if message.channel == "email" else "sms",
            locale=message.locale,
            variables=self._variables(message, brand, envelope),
            can_reply=sender.can_reply and message.channel in _ANSWERED,
            book=book,
            is_test=envelope.is_test,
        )
        return gateways.Outgoing(
            id=message.id,
            brand_id=brand.id,
            channel=message.channel,
            sender=sender.sender,
            to=envelope.to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            expires_at=message.expires_at,
            sent_at=at,
            attempt=message.fence,
            locale=message.locale,
            is_answer=envelope.is_answer,
            code=envelope.variables.get("code", "")[: message.code_length],
            **self._answered_at(message),
        )

    def _answered_at(self, message: store.Claimed) -> dict[str, str]:
        """What a bounce and a reply name an email by; a text has neither address."""
        if message.channel != "email":
            return {}
        return {
            f"{what}_token": answer_token(self.keyring, what, message.id).reveal()
            for what in ("bounce", "reply")
        }

    def _variables(
        self, message: store.Claimed, brand: brands.Brand, envelope: Envelope
    ) -> dict[str, str]:
        base = brand.base_url or self.base_url
        own = f"{base}/{brand.slug}"
        values = {
            "brand": brand.name,
            "host": urlsplit(base).hostname or "",
            "page_url": f"{own}/{_page(message.template)}",
            "forgot_url": f"{own}/forgot",
            "support_phone": brand.support.phone or "",
            "support_email": brand.support.email or "",
            "support_hours": brand.support.hours or "",
            **templates.look(brand.colour),
            **envelope.variables,
        }
        if "code" in values:
            values["code"] = values["code"][: message.code_length]
        if "link_token" in values:
            values["link"] = f"{base}/l/{values['link_token']}"
        if "verify_token" in values:
            values["link"] = f"{own}/verify?l={values['verify_token']}"
        if "undo_token" in values:
            values["undo_url"] = f"{own}/undo?m={values['undo_token']}"
        if message.about is not None:
            values["not_me_url"] = f"{own}/not-me?m={self._not_me(message.about)}"
        return values

    def _not_me(self, about: UUID) -> str:
        return not_me_token(self.keyring, about).reveal()


def _page(template: str) -> str:
    """Where the code of a message is typed, if its brand has no page of its own for it."""
    return "verify" if templates.find(template).purpose == "verify_address" else "code"
