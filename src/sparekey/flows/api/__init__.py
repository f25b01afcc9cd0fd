"""Flows over the API: drawing them, publishing them, seeing how people fare in them."""

from litestar.handlers import HTTPRouteHandler

from sparekey.flows.api.drawings import DRAWINGS
from sparekey.flows.api.publishing import PUBLISHING
from sparekey.flows.api.runs import RUNS
from sparekey.flows.api.tries import TRIES

ROUTES: list[HTTPRouteHandler] = [*DRAWINGS, *PUBLISHING, *TRIES, *RUNS]
