"""From a provider's dialect to a wire: sending, decoys, and looking a gateway over."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sparekey.gateways.model import (
    Accepted,
    Around,
    Hears,
    Kind,
    Misconfigured,
    Outgoing,
    Setting,
    Values,
    WireFailure,
)
from sparekey.gateways.wires._over_http.calls import Answer, Call
from sparekey.gateways.wires._over_http.meaning import failure
from sparekey.gateways.wires._over_http.told import COMMON, Told
from sparekey.kit.finding import Finding

if TYPE_CHECKING:
    from sparekey.gateways.wires._over_http.line import Line


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one provider is spoken to.

    `write` makes the request, and raises Refused for what it cannot say; `accepted` reads the
    answer, and raises what it means instead. `probe` is a request that does nothing and is let in
    like a message: it makes `drop` cost what `send` does. `proves` says what it shows when its
    answer is 2xx (or one of `lets_in`, where the only harmless request goes wrong behind the door);
    empty: only that somebody answers. `repeats_safely` needs the provider's word that a message id
    sent twice is sent once.
    """

    write: Callable[[Outgoing], Call]
    accepted: Callable[[Answer, Outgoing], Accepted]
    probe: Callable[[], Call]
    proves: str = ""
    lets_in: frozenset[int] = frozenset()
    repeats_safely: bool = False


#: From settings and the hook's address (empty while nobody knows it) to the dialect that they make.
Speaks = Callable[[Told, str], Dialect]


class HttpWire:
    """One provider, by one dialect."""

    def __init__(self, dialect: Dialect, line: "Line") -> None:
        self._dialect = dialect
        self._line = line

    @property
    def repeats_safely(self) -> bool:
        """What the provider says of itself."""
        return self._dialect.repeats_safely

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over; raises one of the five failures."""
        answer = await self._line.ask(self._dialect.write(message))
        return self._dialect.accepted(answer, message)

    async def drop(self, message: Outgoing) -> None:
        """Write the request, and make another that does nothing: as far, and as long."""
        self._dialect.write(message)
        answer = await self._line.ask(self._dialect.probe())
        if answer.status in {401, 402, 403, 407, 429} or answer.status >= 500:
            raise failure(answer, message)


def over_http(
    channels: Iterable[str],
    settings: tuple[Setting, ...],
    speaks: Speaks,
    hears: Hears | None = None,
) -> Kind:
    """The kind that a provider's file declares."""

    def opened(around: Around, values: Values) -> HttpWire:
        from sparekey.gateways.wires._over_http.line import Line

        told = Told(values)
        return HttpWire(speaks(told, around.hook_url), Line(told))

    def check(values: Values) -> None:
        opened(Around(keep=_keeps_nothing), values)

    async def examine(values: Values) -> AsyncIterator[Finding]:
        told = Told(values)
        yield await _let_in(told, speaks(told, ""))
        if hears is not None and not hears.is_signed(values):
            about = "who calls back (only the hook's secret path says so)"
            yield Finding(about, was_checked=False)

    return Kind(frozenset(channels), opened, (*settings, *COMMON), check, examine, hears)


async def _let_in(told: Told, dialect: Dialect) -> Finding:
    from sparekey.gateways.wires._over_http.line import Line

    line = Line(told)
    probe = dialect.probe()
    about = urlsplit(probe.url).netloc
    try:
        answer = await line.ask(probe)
    except WireFailure as error:
        advice = "check ca and proxy" if isinstance(error, Misconfigured) else "check the network"
        return Finding(about, f"{error}; {advice}")
    finally:
        await line.close()
    if answer.status in {401, 402, 403, 407}:
        return Finding(about, f"{answer.status}: check the account and its keys")
    if not dialect.proves:
        return Finding(f"{about} answers; whether it lets us in", was_checked=False)
    if not answer.is_success and answer.status not in dialect.lets_in:
        return Finding(about, f"{answer.status}: check the account, its keys and the address")
    return Finding(f"{about}, {dialect.proves}")


async def _keeps_nothing(_message: Outgoing, _is_decoy: bool) -> None:
    """For a wire that is made only to see whether it can be."""
