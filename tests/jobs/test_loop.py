"""The claim loop over queues of the test's own: bounded, patient, and orderly at its end."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from sparekey.jobs import ClaimLoop, Wake
from tests.jobs.conftest import running

AN_HOUR = timedelta(hours=1)


class Queue:
    """Numbers to be worked off, and what became of them."""

    def __init__(self, *items: int) -> None:
        self.waiting = list(items)
        self.worked: list[int] = []
        self.finished: list[int] = []
        self.failed: list[tuple[int, str]] = []
        self.released: list[int] = []
        self.is_empty = asyncio.Event()

    async def claim(self, limit: int) -> list[int]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def work(self, item: int) -> None:
        self.worked.append(item)

    async def finish(self, items: Sequence[int]) -> None:
        self.finished += items
        if len(self.finished) + len(self.failed) >= 10:
            self.is_empty.set()

    async def fail(self, item: int, error: Exception) -> None:
        self.failed.append((item, type(error).__name__))
        await self.finish([])

    async def release(self, items: Sequence[int]) -> None:
        self.released += items

    def loop(self, **options: Any) -> ClaimLoop[int]:
        settings: dict[str, Any] = {
            "name": "tests.queue",
            "claim": self.claim,
            "work": self.work,
            "finish": self.finish,
            "failed": self.fail,
            "release": self.release,
            "wake": Wake(),
            "poll": AN_HOUR,
        }
        return ClaimLoop(**(settings | options))


async def test_everything_is_worked_off_and_finished() -> None:
    queue = Queue(*range(10))

    async with running(queue.loop()):
        await queue.is_empty.wait()

    assert sorted(queue.worked) == sorted(queue.finished) == list(range(10))


async def test_no_more_than_allowed_are_at_work_at_once() -> None:
    queue = Queue(*range(10))
    at_work: list[int] = []
    most = 0

    async def work(item: int) -> None:
        nonlocal most
        at_work.append(item)
        most = max(most, len(at_work))
        await asyncio.sleep(0)
        at_work.remove(item)

    async with running(queue.loop(work=work, concurrency=3, batch=4)):
        await queue.is_empty.wait()

    assert most == 3


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
async def test_small_batches_get_everything_done_too(batch: int) -> None:
    queue = Queue(*range(10))

    async with running(queue.loop(batch=batch)):
        await queue.is_empty.wait()

    assert sorted(queue.finished) == list(range(10))


async def test_one_failure_is_told_without_its_words_and_stops_nobody() -> None:
    queue = Queue(*range(10))

    async def work(item: int) -> None:
        if item == 4:
            raise ValueError("alice@example.com")

    with capture_logs() as logs:
        async with running(queue.loop(work=work)):
            await queue.is_empty.wait()

    assert queue.failed == [(4, "ValueError")]
    assert len(queue.finished) == 9
    [line] = logs
    assert (line["event"], line["error"], line["kind"]) == ("work_failed", "ValueError", "int")
    assert "alice" not in str(line)


async def test_work_without_end_fails_at_its_time_out() -> None:
    queue = Queue(*range(10))

    async def work(item: int) -> None:
        if item == 4:
            await asyncio.Event().wait()

    async with running(queue.loop(work=work, timeout=timedelta(milliseconds=1))):
        await queue.is_empty.wait()

    assert queue.failed == [(4, "TimeoutError")]


async def test_the_loop_outlives_a_claim_that_fails() -> None:
    queue = Queue(*range(10))
    errors = [OSError(), ConnectionError()]

    async def claim(limit: int) -> list[int]:
        if errors:
            raise errors.pop()
        return await queue.claim(limit)

    async with running(queue.loop(claim=claim, poll=timedelta(milliseconds=1))):
        await queue.is_empty.wait()

    assert len(queue.finished) == 10


async def test_a_wake_up_makes_it_look_at_once() -> None:
    queue = Queue()
    loop = queue.loop()

    async with running(loop):
        await asyncio.sleep(0)
        queue.waiting += range(10)
        loop.wake.set()
        await queue.is_empty.wait()

    assert len(queue.finished) == 10


async def test_a_wake_up_before_the_wait_is_not_lost() -> None:
    wake = Wake()
    wake.set()

    async with asyncio.timeout(1):
        await wake.wait(AN_HOUR)


async def test_what_waited_too_long_for_its_lease_is_given_back_unbegun() -> None:
    queue = Queue(1, 2, 3)
    now = 0.0
    first = asyncio.Event()

    async def work(item: int) -> None:
        nonlocal now
        queue.worked.append(item)
        now = 31.0
        first.set()

    loop = queue.loop(
        work=work,
        concurrency=1,
        lease=timedelta(seconds=60),
        timeout=timedelta(seconds=30),
        now=lambda: now,
    )
    async with running(loop):
        await first.wait()

    assert queue.worked == queue.finished == [1]
    assert sorted(queue.released) == [2, 3]


async def test_at_the_stop_what_is_begun_is_finished_and_the_rest_given_back() -> None:
    queue = Queue(1, 2, 3)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work(item: int) -> None:
        begun.set()
        await may_end.wait()

    loop = queue.loop(work=work, concurrency=1)
    run = asyncio.create_task(loop.run())
    await begun.wait()
    loop.stop()
    may_end.set()
    await run

    assert queue.finished == [1]
    assert queue.released == [2, 3]


async def test_what_was_done_is_settled_after_an_outage_too() -> None:
    queue = Queue(*range(10))
    outage = [OSError(), ConnectionError(), OSError()]

    async def finish(items: Sequence[int]) -> None:
        if outage:
            raise outage.pop()
        await queue.finish(items)

    async with running(queue.loop(finish=finish, poll=timedelta(0))):
        await queue.is_empty.wait()

    assert sorted(queue.worked) == sorted(queue.finished) == list(range(10))


async def test_one_item_that_cannot_be_settled_spoils_none_of_the_others() -> None:
    queue = Queue(*range(11))

    async def finish(items: Sequence[int]) -> None:
        if 4 in items:
            raise ValueError
        await queue.finish(items)

    async with running(queue.loop(finish=finish)):
        await queue.is_empty.wait()

    assert sorted(queue.finished) == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]


async def test_a_stop_during_an_outage_comes_to_its_end() -> None:
    queue = Queue(1)
    is_tried = asyncio.Event()

    async def finish(items: Sequence[int]) -> None:
        is_tried.set()
        raise OSError

    async with running(queue.loop(finish=finish, poll=timedelta(0))), asyncio.timeout(10):
        await is_tried.wait()

    assert queue.worked == [1]


async def test_a_stop_needs_no_work_to_come_first() -> None:
    async with running(Queue().loop()):
        pass


def test_a_lease_must_outlast_the_work() -> None:
    with pytest.raises(ValueError, match="lease must outlast"):
        Queue().loop(lease=timedelta(seconds=30), timeout=timedelta(seconds=30))
