"""Everyone who holds a lease: one open socket each, which closes by itself when its process dies.

What the supervisor has to say goes to them as lines of JSON: `starting`, `ready`, `failed`.
"""

import json
import selectors
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Holders:
    """The open leases, and the socket where new ones come in."""

    def __init__(self, first: socket.socket) -> None:
        self._listener: socket.socket | None = None
        self._address: Path | None = None
        self._selector = selectors.DefaultSelector()
        self._leases: set[socket.socket] = set()
        self._last_word: dict[str, object] | None = None
        self._admit(first)

    def __len__(self) -> int:
        return len(self._leases)

    def listen(self, address: Path) -> None:
        """Let others in. What lies there is a dead supervisor's: we hold the lock."""
        address.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(address))
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._address = address
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def watch(self, descriptor: int, react: Callable[[int], object] | None = None) -> None:
        """Let `wait` return, after `react`, when this descriptor becomes readable."""
        self._selector.register(descriptor, selectors.EVENT_READ, react)

    def unwatch(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)

    def wait(self, seconds: float | None) -> None:
        """Sleep until somebody comes or goes, a watched descriptor speaks, or the time is over."""
        for key, _ in self._selector.select(seconds):
            react: Callable[[Any], None] | None = key.data
            if react is not None:
                react(key.fileobj)

    def tell(self, word: str, **details: object) -> None:
        """Say it to all, and to everyone who comes later until the next word."""
        self._last_word = {"word": word, **details}
        for lease in list(self._leases):
            self._send(lease)

    def fail(self, text: str) -> None:
        """Say that there is no server to be had, and let everyone go."""
        self.tell("failed", text=text)
        for lease in list(self._leases):
            self._drop(lease)

    def close(self) -> None:
        """Let nobody in any more."""
        if self._listener is not None and self._address is not None:
            self._address.unlink(missing_ok=True)
            self._selector.unregister(self._listener)
            self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            lease, _ = listener.accept()
        except OSError:  # it went away again
            return
        self._admit(lease)
        if self._last_word is not None:
            self._send(lease)

    def _admit(self, lease: socket.socket) -> None:
        lease.setblocking(False)
        self._leases.add(lease)
        self._selector.register(lease, selectors.EVENT_READ, self._hear)

    def _hear(self, lease: socket.socket) -> None:
        try:
            if lease.recv(4096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass  # gone, whatever the reason
        self._drop(lease)

    def _send(self, lease: socket.socket) -> None:
        try:
            lease.send(json.dumps(self._last_word).encode() + b"\n")
        except BlockingIOError:
            return  # it does not listen; it may still hold
        except OSError:
            self._drop(lease)

    def _drop(self, lease: socket.socket) -> None:
        if lease in self._leases:
            self._leases.discard(lease)
            self._selector.unregister(lease)
            lease.close()
