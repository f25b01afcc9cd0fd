"""Handing messages over: claim, render, send, settle; what the outbox's loop does with each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from sparekey import brands, gateways, jobs, templates
from sparekey.db import Db
from sparekey.kit.clock import Clock
from sparekey.kit.grouping import Grouped
from sparekey.kit.keyring import Keyring
from sparekey.outbox import store
from sparekey.outbox.links import answer_token, not_me_token
from sparekey.outbox.model import Envelope, State, open_envelope
from sparekey.outbox.queue import QUEUE

LEASE = timedelta(seconds=60)
#: How long to wait after the n-th attempt that certainly did not go out.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30, 60))

_log = structlog.get_logger()


@dataclass(slots=True)
class Handling:
    """One claimed message and what came of it; unsettled it is claimed again after its lease.

    `is_ours` once it is written down that we hand it over, and nobody else.
    """

    message: store.Claimed
    is_ours: bool = False
    state: State = State.SENDING
    due_at: datetime | None = None
    gateway: str | None = None
    failure: str | None = None


class Delivery:
    """The verbs of the loop over `outbox.due`."""

    def __init__(
        self, db: Db, keyring: Keyring, clock: Clock, routes: gateways.Gateways, base_url: str
    ) -> None:
        self._db = db
        self._keyring = keyring
        self._clock = clock
        self._routes = routes
        self._base_url = base_url
        self._begun = Grouped(self._begin)
        self._leases = jobs.Leases(LEASE, clock, self._recall)

    def loop(self, *, concurrency: int = 32, batch: int = 64) -> jobs.ClaimLoop[Handling]:
        """The loop, ready to run."""
        return jobs.ClaimLoop(
            name=QUEUE,
            claim=self.claim,
            work=self.hand_over,
            finish=self.settle,
            failed=self.put_back,
            release=self.release,
            kind=_template_of,
            wake=jobs.wake(QUEUE),
            concurrency=concurrency,
            batch=batch,
            lease=LEASE,
            poll=timedelta(milliseconds=200),
            apart=timedelta(milliseconds=25),
        )

    async def claim(self, limit: int) -> list[Handling]:
        """Take due messages under a lease."""

        async def take(at: datetime, until: datetime) -> list[store.Claimed]:
            return await store.CLAIM.all(self._db, at=at, until=until, limit=limit)

        return [Handling(message) for message in await self._leases.claim(take)]

    async def _recall(self, at: datetime, ends: Sequence[datetime]) -> None:
        await store.RECALL.run(self._db, at=at, ends=ends)

    async def hand_over(self, handling: Handling) -> None:
        """Render and send one message; never twice where that could repeat a code."""
        message = handling.message
        at = self._clock()
        if message.was_begun:  # on a wire that cannot be asked again, whichever is chosen now
            handling.state, handling.failure = State.UNSURE, "interrupted"
            return
        if message.expires_at <= at:
            handling.state, handling.failure = State.EXPIRED, "expired"
            return
        brand = await brands.by_id(self._db, message.brand_id)
        try:
            route = await self._routes.choose(brand, message.channel)
        except gateways.Misconfigured as failure:
            self._failed(handling, failure)
            return
        if route is None or message.sealed is None:
            handling.state, handling.failure = State.FAILED, "no_gateway"
            return
        handling.gateway, wire = route
        book = await templates.book(self._db, brand.id, message.words_version)
        try:
            outgoing = self._rendered(message, brand, book, at)
        except templates.CannotRender:
            handling.state, handling.failure = State.FAILED, "cannot_render"
        else:
            await self._send(handling, wire, outgoing)

    async def _send(
        self, handling: Handling, wire: gateways.Wire, outgoing: gateways.Outgoing
    ) -> None:
        """What cannot be repeated is begun durably first, so that nobody begins it again."""
        if not wire.repeats_safely:
            await self._begun.add(handling)
            if not handling.is_ours:
                return
        try:
            if handling.message.is_decoy:
                await wire.drop(outgoing)
            else:
                await wire.send(outgoing)
        except gateways.WireFailure as failure:
            self._failed(handling, failure)
        else:
            handling.state = State.SENT

    async def _begin(self, handlings: Sequence[Handling]) -> None:
        begun = await store.BEGIN.all(
            self._db,
            ids=[one.message.id for one in handlings],
            fences=[one.message.fence for one in handlings],
            until=self._clock() + LEASE,
        )
        for one in handlings:
            one.is_ours = one.message.id in begun

    def _failed(self, handling: Handling, failure: gateways.WireFailure) -> None:
        handling.failure = failure.code
        _log.warning(
            "not_handed_over", gateway=handling.gateway, failure=failure.code, reason=str(failure)
        )
        match failure:
            case gateways.Throttled():
                handling.state = State.QUEUED
                handling.due_at = self._clock() + failure.retry_in
            case gateways.Unreachable():
                handling.state = State.QUEUED
                handling.due_at = self._clock() + _pause(handling.message)
            case gateways.Unsure():
                handling.state = State.UNSURE
            case _:
                handling.state = State.FAILED

    def _rendered(
        self, message: store.Claimed, brand: brands.Brand, book: templates.Book, at: datetime
    ) -> gateways.Outgoing:
        assert message.sealed is not None
        envelope = open_envelope(self._keyring, message.id, message.sealed)
        words = templates.render(
            message.template,
            channel="sms" if message.channel == "sms" else "email",
            locale=message.locale,
            variables=self._variables(message, brand, envelope),
            can_reply=brand.sender.can_reply and message.channel == "sms",
            book=book,
            is_test=envelope.is_test,
        )
        return gateways.Outgoing(
            id=message.id,
            brand_id=brand.id,
            channel=message.channel,
            sender=_sender(brand, message.channel),
            to=envelope.to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            expires_at=message.expires_at,
            sent_at=at,
            attempt=message.fence,
            locale=message.locale,
            code=envelope.variables.get("code", "")[: message.code_length],
            **self._answered_at(message),
        )

    def _answered_at(self, message: store.Claimed) -> dict[str, str]:
        """What a bounce and a reply name an email by; a text has neither address."""
        if message.channel != "email":
            return {}
        return {
            f"{what}_token": answer_token(self._keyring, what, message.id).reveal()
            for what in ("bounce", "reply")
        }

    def _variables(
        self, message: store.Claimed, brand: brands.Brand, envelope: Envelope
    ) -> dict[str, str]:
        base = brand.base_url or self._base_url
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
        return not_me_token(self._keyring, about).reveal()

    async def settle(self, handled: Sequence[Handling]) -> None:
        """Write the outcomes down, all in one statement."""
        await store.SETTLE.all(
            self._db,
            at=self._clock(),
            ids=[one.message.id for one in handled],
            fences=[one.message.fence for one in handled],
            states=[one.state.value for one in handled],
            due_at=[one.due_at for one in handled],
            gateways=[one.gateway for one in handled],
            failures=[one.failure for one in handled],
        )

    async def put_back(self, handling: Handling, _error: Exception) -> None:
        """What broke off comes again soon; whether it may have gone is written in its row."""
        message = handling.message
        await store.PUT_BACK.run(
            self._db, id=message.id, fence=message.fence, due_at=self._clock() + _pause(message)
        )

    async def release(self, unbegun: Sequence[Handling]) -> None:
        """Give back what was claimed and not begun."""
        await store.RELEASE.run(
            self._db,
            at=self._clock(),
            ids=[one.message.id for one in unbegun],
            fences=[one.message.fence for one in unbegun],
        )


def _sender(brand: brands.Brand, channel: str) -> str:
    """What stands beside an address of ours; a text shows it instead of one."""
    return brand.name if channel == "email" else brand.sender.number or brand.sender.name


def _page(template: str) -> str:
    """Where the code of a message is typed, if its brand has no page of its own for it."""
    return "verify" if templates.find(template).purpose == "verify_address" else "code"


def _pause(message: store.Claimed) -> timedelta:
    return PAUSES[min(message.fence, len(PAUSES)) - 1]


def _template_of(handling: Handling) -> str:
    return handling.message.template
