"""What wires to providers on the web share: asking once, and what answers and callbacks mean.

A provider's file says how its request looks (`Dialect`), how its callbacks look (`Hears`), and
declares both with `over_http`. No file of this folder is a wire.
"""

from sparekey.gateways.wires._over_http.calls import Answer, Call, form, json_call
from sparekey.gateways.wires._over_http.document import Document
from sparekey.gateways.wires._over_http.kind import Dialect, over_http
from sparekey.gateways.wires._over_http.told import Told

__all__ = ["Answer", "Call", "Dialect", "Document", "Told", "form", "json_call", "over_http"]
