"""Starting flows over the API, for one account or for many."""

from litestar.handlers import HTTPRouteHandler

from sparekey.nodes.api.audiences import AUDIENCES
from sparekey.nodes.api.runs import RUNS

ROUTES: list[HTTPRouteHandler] = [*RUNS, *AUDIENCES]
