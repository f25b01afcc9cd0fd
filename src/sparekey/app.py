"""Composition root of the server: every door of every package on one application."""

from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache

import uvicorn

from sparekey import access, floors, http, nodes
from sparekey.access.api import ROUTES as JOURNAL_ROUTES
from sparekey.accounts.api import ROUTES as ACCOUNT_ROUTES
from sparekey.flows.api import ROUTES as FLOW_ROUTES
from sparekey.gateways.api import ROUTES as HOOKS
from sparekey.inbox.api import ROUTES as INBOX_ROUTES
from sparekey.loops import working
from sparekey.nodes.api import ROUTES as RUN_ROUTES
from sparekey.opening import House, open_house, require_address
from sparekey.outbox.api import ROUTES as MESSAGE_ROUTES
from sparekey.pages.pages import ROUTES as PAGE_FILES
from sparekey.recovery.api import ROUTES as RECOVERY_ROUTES
from sparekey.recovery.pages import ROUTES as RECOVERY_PAGES
from sparekey.sandbox.api import ROUTES as SANDBOX_ROUTES
from sparekey.sandbox.pages import ROUTES as SANDBOX_PAGES
from sparekey.settings import Settings
from sparekey.support.api import ROUTES as TICKET_ROUTES
from sparekey.templates.api import ROUTES as TEMPLATE_ROUTES
from sparekey.verification.api import ROUTES as VERIFICATION_ROUTES
from sparekey.verification.pages import ROUTES as VERIFICATION_PAGES
from sparekey.watching import watched

ROUTES = [
    *VERIFICATION_ROUTES,
    *RECOVERY_ROUTES,
    *ACCOUNT_ROUTES,
    *MESSAGE_ROUTES,
    *TEMPLATE_ROUTES,
    *FLOW_ROUTES,
    *RUN_ROUTES,
    *TICKET_ROUTES,
    *JOURNAL_ROUTES,
    *SANDBOX_ROUTES,
    *HOOKS,
    *INBOX_ROUTES,
    *RECOVERY_PAGES,
    *VERIFICATION_PAGES,
    *SANDBOX_PAGES,
    *PAGE_FILES,
]


def build(house: House) -> http.Application:
    """The application on an opened house.

    Its doors append events, with or without a worker beside them: who reacts must be known here.
    """
    floors.load_jobs()
    nodes.use_post(nodes.Posting())
    return watched(_doors(), house)


@cache
def _doors() -> http.Application:
    return http.application(ROUTES, authenticate=access.admit)


async def serve(settings: Settings, *, with_worker: bool = True, for_trial: bool = False) -> None:
    """Serve until a signal asks to stop."""
    async with open_house(settings, for_trial=for_trial) as house:
        await require_address(house)
        beside: AbstractAsyncContextManager[None] = working(house) if with_worker else nullcontext()
        options = http.server_options(settings.host, settings.port)
        server = http.Server(uvicorn.Config(build(house), **options))
        async with beside:
            await server.serve()
