"""How soon somebody on an old phone sees a page: Chromium, its processor and its network slowed.

`python -m benchmarks.largest_paint` prints the largest contentful paint of the pages on the way
back in (identifier, code, password), cold (nothing cached) and warm, the bytes that came over the
wire, and exits with 1 when one takes more than a second. It serves them itself; `URL…` are pages of
another installation instead.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.async_api import Browser, async_playwright

from benchmarks.house import Server, directory, opened
from benchmarks.wayfarer import Stop, stops

_BROWSER = os.environ.get("SPAREKEY_BROWSER", "/usr/bin/chromium-headless-shell")
_ROUNDS = 5
_LIMIT_MS = 1000
_SLOWER = 4
#: What comes this long after the load event changes no paint any more.
_SETTLED_MS = 1000
#: "Slow 4G" of Lighthouse: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_WATCH = """
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit."""

    cold_ms: float
    warm_ms: float
    cold_bytes: int


async def visit(browser: Browser, stop: Stop) -> Seen:
    """Open a page with nothing cached, then once more."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, storage_state=stop.held
    )
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    devtools: Any = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", _NETWORK)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    sizes: list[int] = []

    def came_in(event: Any) -> None:
        sizes.append(event["encodedDataLength"])

    devtools.on("Network.loadingFinished", came_in)
    times: list[float] = []
    came = 0
    for _ in range(2):
        await page.goto(stop.url, wait_until="load")
        if page.url != stop.url:
            raise RuntimeError(f"{stop.url} led to {page.url}, which is another page")
        await page.wait_for_timeout(_SETTLED_MS)
        times.append(await page.evaluate("window.largestPaint"))
        came = came or sum(sizes)
    await context.close()
    return Seen(times[0], times[1], int(came))


async def measure(urls: list[str]) -> bool:
    """Print the figures; whether each is within its limit."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            if urls:
                return await _all(browser, [Stop(url) for url in urls])
            return await _ours(browser)
        finally:
            await browser.close()


async def _ours(browser: Browser) -> bool:
    """The pages on the way back in, of an installation that is gone afterwards."""
    async with directory() as path, opened(path) as house:
        server = await Server.start(path)
        try:
            return await _all(browser, await stops(browser, house, server.url))
        finally:
            await server.stop()


async def _all(browser: Browser, places: list[Stop]) -> bool:
    return all([await _is_soon(browser, place) for place in places])


async def _is_soon(browser: Browser, stop: Stop) -> bool:
    """Print how soon a page is seen; whether that is within a second."""
    seen = [await visit(browser, stop) for _ in range(_ROUNDS)]
    cold, warm = (median(one.cold_ms for one in seen), median(one.warm_ms for one in seen))
    print(f"{stop.url}: {cold:.0f} ms cold, {warm:.0f} ms warm, {seen[0].cold_bytes:,} bytes")
    return cold <= _LIMIT_MS


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(measure(sys.argv[1:])) else 1)
