"""Any of the text services that the apprise library knows (extra `apprise`), for sending only.

It says whether the service took a message, and neither its name for it nor why not: receipts and
replies are never heard, and whatever went wrong leaves us unsure. It takes proxies from the
environment, and a decoy only prepares what a message sends. Where a wire of ours exists, use that.
"""

from typing import TYPE_CHECKING, Any

from sparekey.gateways.model import (
    Accepted,
    Around,
    Kind,
    Misconfigured,
    Outgoing,
    Setting,
    Unsure,
    UnusableSettings,
    Values,
)
from sparekey.gateways.wires._over_http.numbers import bare
from sparekey.kit.secret import Secret

if TYPE_CHECKING:
    from apprise import Apprise

_TO = "{to}"
_SAMPLE = "447700900123"
_MOST_SECONDS = 20
_SETTINGS = (
    Setting(
        "url",
        "the service as apprise writes it, {to} where the number stands: "
        "sinch://PLAN:TOKEN@FROM/{to}",
        is_secret=True,
    ),
)


class AppriseWire:
    """One service, by its address."""

    repeats_safely = False

    def __init__(self, url: Secret[str]) -> None:
        self._url = url

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over; Unsure for whatever keeps it from being taken."""
        service = self._service(message)
        result = await service.async_notify(body=message.text, timeout=_MOST_SECONDS)
        if not result:
            raise Unsure("the service did not say that it took it")
        return Accepted()

    async def drop(self, message: Outgoing) -> None:
        """Prepare it; the library knows no request that does nothing."""
        self._service(message)

    def _service(self, message: Outgoing) -> "Apprise":
        service = _service(self._url, bare(message.to))
        if service is None:
            raise Misconfigured("apprise does not know this address")
        return service


def _service(url: Secret[str], to: str) -> "Apprise | None":
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(app_id="sparekey", storage_mode="memory", http_redirects=False)
    made: Any = Apprise(asset=asset)
    return made if made.add(url.reveal().replace(_TO, to)) else None


def _read(values: Values) -> Secret[str]:
    url = Secret(values.get("url", ""))
    if url.reveal().count(_TO) != 1:
        raise UnusableSettings("url takes an address of apprise with {to} in it.")
    try:
        service = _service(url, _SAMPLE)
    except ImportError as error:
        raise UnusableSettings("apprise needs its library: install sparekey[apprise].") from error
    if service is None:
        raise UnusableSettings("url takes an address that apprise knows.")
    return url


def _open(_around: Around, values: Values) -> AppriseWire:
    return AppriseWire(_read(values))


def _check(values: Values) -> None:
    _read(values)


wire = Kind(frozenset({"sms", "whatsapp"}), _open, _SETTINGS, _check)
