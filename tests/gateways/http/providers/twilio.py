"""Twilio as its documentation and its own library describe it."""

from sparekey.gateways import Misconfigured, Refused, Throttled, Unsure
from tests.gateways.http.cases import Provider
from tests.gateways.http.provider import Said

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "12345"
VALUES = {"account": ACCOUNT, "token": TOKEN}
SID = "SM" + "a" * 32


def _error(status: int, code: int, **headers: str) -> Said:
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": "To +447700900123 …", "more_info": more, "status": status}
    return Said.json(content, status, **headers)


_TAKEN = Said.json({"sid": SID, "status": "queued", "error_code": None, "num_segments": "1"}, 201)
_FAULTS = (
    (_error(400, 21211), Refused),
    (_error(400, 21610), Refused),
    (_error(400, 21606), Misconfigured),
    (_error(401, 20003), Misconfigured),
    (_error(404, 20404), Misconfigured),
    (_error(429, 20429), Throttled),
    (_error(500, 20500), Unsure),
    (Said.json({"sid": SID, "status": "failed", "error_code": 30006}, 201), Refused),
    (Said.json({"status": "queued"}, 201), Unsure),
    (Said(201, b"<html>queued</html>"), Unsure),
)
CALL = "CA" + "a" * 32
_CALLING = Said.json({"sid": CALL, "status": "queued"}, 201)
PROVIDERS = [
    Provider("twilio", VALUES, _TAKEN, SID, faults=_FAULTS),
    Provider("twilio", VALUES, _TAKEN, SID, channel="whatsapp", faults=_FAULTS),
    Provider("twilio", VALUES, _CALLING, CALL, channel="voice", faults=_FAULTS),
]
