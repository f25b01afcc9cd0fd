"""Timing requests as an attacker with one good connection does, in an order that chance chose."""

import gc
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from tests.timing.equivalence import AUC_MARGIN, PERCENTILES, Verdict, compare
from tests.world import raw

Item = TypeVar("Item")

#: So many neutral requests outlast the background work that one request causes.
TRAIN = 48
TRAIN_MARGIN = 0.05
WARM_UP = 200
_NEUTRAL = raw.request("/healthz", method="GET", headers=[("Connection", "keep-alive")])


class Line:
    """One connection that is kept, over which requests are timed."""

    def __init__(self, port: int, api_key: str) -> None:
        self._headers = [("Authorization", f"Bearer {api_key}"), ("Connection", "keep-alive")]
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: object) -> tuple[float, int, bytes]:
        """Milliseconds, status and body of a POST."""
        return self._timed(raw.request(path, body, headers=self._headers))

    def neutral(self) -> float:
        """Milliseconds of a request that is about nobody."""
        return self._timed(_NEUTRAL)[0]

    def close(self) -> None:
        self._socket.close()

    def _timed(self, content: bytes) -> tuple[float, int, bytes]:
        began = time.perf_counter_ns()
        self._socket.sendall(content)
        answer = self._socket.recv(65536)
        while not _is_whole(answer):
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("the server closed a connection that was to be kept")
            answer += more
        took = (time.perf_counter_ns() - began) / 1e6
        return took, int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or b"0")


@dataclass(slots=True)
class Samples:
    """Durations by kind of person at one door: of the answer, and of the requests after it."""

    door: str
    answer: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    next: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    train: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def measure(
        self, line: Line, who: str, path: str, body: object, *, status: int, train: int = TRAIN
    ) -> bytes:
        """Time one request of a person of class `who`, and what it does to those after it."""
        took, told, answer = line.post(path, body)
        after = [line.neutral() for _ in range(train)]
        assert told == status, answer
        self.answer[who].append(took)
        self.next[who].append(after[0])
        if train > 1:
            self.train[who].append(sum(after))
        return answer

    def verdicts(
        self, stranger: str, *, confidence: float = 0.99, auc_margin: float = AUC_MARGIN
    ) -> dict[str, Verdict]:
        """The stranger's samples against everybody else's.

        A train lasts as long as the work in the background and adds up all of its noise: where
        it is measured its AUC has to be as near to 0.5 as that allows.
        """
        random = Random(20)
        verdicts: dict[str, Verdict] = {}
        for name, samples in (("answer", self.answer), ("next", self.next), ("train", self.train)):
            is_train = name == "train"
            for who in samples:
                if who != stranger:
                    verdicts[f"{self.door}, {stranger} / {who}, {name}"] = compare(
                        samples[stranger],
                        samples[who],
                        random=random,
                        confidence=confidence,
                        auc_margin=TRAIN_MARGIN if is_train else auc_margin,
                        percentiles=() if is_train else PERCENTILES,
                    )
        return verdicts


def shuffled(classes: Mapping[str, Sequence[Item]], random: Random) -> list[tuple[str, Item]]:
    """Everybody once, in an order that chance chose."""
    everybody = [(who, item) for who, items in classes.items() for item in items]
    random.shuffle(everybody)
    return everybody


@contextmanager
def quiet() -> Generator[None]:
    """No garbage is collected here while the block measures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def until_idle(line: Line, *, calm: int = 50, patience: float = 120) -> None:
    """Wait until neutral requests are answered at their own pace again."""
    deadline = time.monotonic() + patience
    quick = 0
    while quick < calm and time.monotonic() < deadline:
        quick = quick + 1 if line.neutral() < 2 else 0


def report(verdicts: dict[str, Verdict], write: Callable[[str], object]) -> Iterable[str]:
    """Show every verdict; those that failed are given back."""
    for name, verdict in verdicts.items():
        write(f"{name}: {verdict}")
    return [f"{name}: {verdict}" for name, verdict in verdicts.items() if verdict.complaints]
