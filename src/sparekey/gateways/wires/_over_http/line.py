"""The line to one provider: a request goes out once, and what broke says whether it may have gone.

No redirect is followed, no answer read beyond its bound, no cookie kept, no proxy taken from the
environment; certificates are verified.
"""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from sparekey.gateways.model import Misconfigured, Unreachable, Unsure, UnusableSettings
from sparekey.gateways.wires._over_http.calls import MAX_BODY_BYTES, Answer, Call
from sparekey.gateways.wires._over_http.told import Told, is_safe_address
from sparekey.kit.certificate import distrust

#: Servers end a connection that rested for five seconds and more; we are there first, for what is
#: written just as it ends may have gone.
_IDLE_SECONDS = 4.0
_CERTAIN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_HEADERS = {"user-agent": "sparekey", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection of the pool, to connect, for each answer, and for everything.

    Nothing is written in the first two (TCP and TLS count apart), so that `whole` ends only what
    may have gone; it stays below the half minute in which a loop ends a piece of work that hangs.
    """

    pool: float = 4.0
    connect: float = 4.0
    answer: float = 15.0
    whole: float = 28.0


class Line:
    """A pool of connections to one provider."""

    def __init__(self, told: Told, patience: Patience | None = None) -> None:
        seconds = told.whole("timeout", 15, least=1, most=15)
        self._patience = patience or Patience(answer=seconds)
        most = told.whole("connections", 8, least=1, most=64)
        # Of its own transport: one made by the client would follow the environment.
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                verify=_trusting(told),
                trust_env=False,
                proxy=_proxy(told),
                limits=httpx.Limits(
                    max_connections=most,
                    max_keepalive_connections=most,
                    keepalive_expiry=_IDLE_SECONDS,
                ),
            ),
            trust_env=False,
            follow_redirects=False,
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(
                self._patience.answer, connect=self._patience.connect, pool=self._patience.pool
            ),
        )

    async def ask(self, call: Call) -> Answer:
        """The answer to a request that is made once; Unreachable when it certainly did not go,
        Unsure when it may have."""
        try:
            request = self._client.build_request(
                call.method, call.url, headers=dict(call.headers), content=call.body or None
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise Misconfigured("the request cannot be written: look at its address") from error
        try:
            async with asyncio.timeout(self._patience.whole):
                return await self._answered(request)
        except _CERTAIN as error:
            raise _not_gone(error) from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise Misconfigured("the request cannot be written as HTTP") from error
        except (httpx.TransportError, TimeoutError) as error:
            raise Unsure(f"no answer: {type(error).__name__}") from error

    async def close(self) -> None:
        """End every connection."""
        await self._client.aclose()

    async def _answered(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            body = await _bounded(response)
        finally:
            await response.aclose()
        said = response.headers
        return Answer(
            response.status_code, said.get("retry-after"), said.get("x-amzn-errortype", ""), body
        )


async def _bounded(response: httpx.Response) -> bytes:
    """What was said, as it was said: nothing is unpacked, for little can unpack to much."""
    found = bytearray()
    async for chunk in response.aiter_raw():
        found += chunk
        if len(found) > MAX_BODY_BYTES:
            return b""
    return bytes(found)


def _not_gone(error: Exception) -> Misconfigured | Unreachable:
    if (reason := distrust(error)) is not None:
        return Misconfigured(f"the provider's certificate is not one to trust: {reason}")
    return Unreachable(f"no connection: {type(error).__name__}")


def _trusting(told: Told) -> ssl.SSLContext:
    authorities = told.values.get("ca")
    if not authorities:
        return _trusting_the_system()
    try:
        return ssl.create_default_context(cadata=authorities)
    except (ssl.SSLError, ValueError) as error:
        raise UnusableSettings("ca takes certificates in PEM.") from error


@cache
def _trusting_the_system() -> ssl.SSLContext:
    """Read once, for it takes 40 ms; every line shares it and none changes it."""
    return ssl.create_default_context()


def _proxy(told: Told) -> str | None:
    url = told.text("proxy") if told.has("proxy") else None
    if url is not None and not (is_safe_address(url) or url.startswith("http://")):
        raise UnusableSettings("proxy takes an http or https address.")
    return url
