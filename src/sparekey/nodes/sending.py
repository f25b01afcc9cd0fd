"""What it means that a node sends: the effect, how a try shows it, and who carries it out.

A flow names a template and whom it goes to, never an address. What carries a proof goes to the
challenge's own verified address and nowhere else: `check_words` refuses anything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, Protocol

from msgspec import Meta

from sparekey import templates
from sparekey.db import Executor, Tx
from sparekey.flows import Applying, Finding, Instead, Stage, Stuck

Channel = Literal["best", "sms", "email", "voice", "whatsapp", "rcs"]
To = Literal["challenge", "account"]
Template = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Post(Protocol):
    """Who carries out what flows send: stands above the outbox, and is given by the root."""

    async def send(self, tx: Tx, around: Applying, message: "Send") -> None:
        """Queue the message for the run's own address of the channel."""
        ...

    async def send_one_time_secret(self, tx: Tx, around: Applying, minutes: int) -> None:
        """Set a secret for one sign-in and queue it for the address that was proven."""
        ...


#: The way out where a proof was to be sent, and its challenge has ended.
OVER = "over"
#: What a message without a proof is filled in with, by us or by the brand.
_FILLED = frozenset({"brand", "not_me_url", "name", "login", "happened_at", "expires_on"})

_posts: list[Post] = []


def use_post(post: Post) -> None:
    """Have everything that flows send carried out by `post` from now on."""
    _posts[:] = [post]


def the_post() -> Post:
    """Who carries out what flows send; Stuck where nobody does."""
    if not _posts:
        raise Stuck("send.no_post")
    return _posts[0]


@dataclass(frozen=True, slots=True)
class Send:
    """A message of a template to the run's own person; of one that `is_awaited` the run waits for
    the receipt."""

    channel: str
    template: str
    to: str
    is_awaited: bool = False

    async def apply(self, tx: Tx, around: Applying) -> None:
        await the_post().send(tx, around, self)

    def play(self, stage: Stage) -> None:
        found = templates.find(self.template)
        if found.proof is not None and stage.is_over:
            raise Instead(OVER)
        wanted = self.channel
        if wanted == "best":
            wanted = "sms" if "sms" in found.channels else "email"
        stage.show(
            wanted,
            self.template,
            to=self.to,
            carries=found.proof,
            text=played(self.template, wanted, stage),
        )


def carries_proof(template: str) -> bool:
    """Whether a template brings a code or a link; what does not exist brings none."""
    return template in templates.registry.names() and templates.find(template).proof is not None


def check_words(template: str, channel: str, to: str) -> Iterator[Finding]:
    """What is wrong with sending this template this way."""
    if template not in templates.registry.names():
        yield Finding("send.no_template", f"There is no template called {template}.")
        return
    found = templates.find(template)
    if channel in {"sms", "email"} and channel not in found.channels:
        yield Finding("send.no_words", f"{template} has no words for {channel}.")
    needed = {one.name for one in found.variables if not one.is_optional} - _FILLED
    if found.proof is None and needed:
        lacking = f"{template} needs {', '.join(sorted(needed))}, which a flow does not know."
        yield Finding("send.lacking", lacking)
    if found.proof is not None and found.purpose != "recovery":
        other = f"{template} is not for getting back in; send recovery_code or recovery_link."
        yield Finding("send.other_proof", other)
    if found.proof is not None and to != "challenge":
        yield Finding(
            "send.code_leaves",
            f"{template} carries a {found.proof}; it goes to the challenge's own address only.",
        )


async def words_version(on: Executor, brand_id: int) -> dict[str, int]:
    """The version of the brand's words that a published flow keeps."""
    return {"words": await templates.newest_version(on, brand_id)}


def played(template: str, channel: str, stage: Stage, **more: str) -> str:
    """The template's own words as a try shows them: to somebody of a company called Acme."""
    found = templates.find(template)
    written: Literal["sms", "email"] = "email" if channel == "email" else "sms"
    if written not in found.channels:
        return template
    values = {
        **templates.samples(found),
        **_PLAYED,
        "code": "1234567890" if stage.begun_by == "start_keyword" else "12345678",
        "valid_for": "30" if found.proof == "link" else "10",
        "happened_at": stage.at.isoformat(),
        "expires_on": (stage.at + timedelta(days=14)).date().isoformat(),
        **more,
    }
    rendered = templates.render(
        template, channel=written, locale="en", variables=values, can_reply=True
    )
    return rendered.text


#: Who is played, and where: shorter than the longest that messages must hold.
_PLAYED = {
    "brand": "Acme",
    "name": "Alice",
    "login": "alice",
    "host": "acme.example",
    "page_url": "https://acme.example/acme/code",
    "link": "https://acme.example/l/k7Qm2vZx9LwRt4Yp",
    "not_me_url": "https://acme.example/acme/not-me?m=k7Qm2vZx9LwRt4Yp",
}
