"""The supervisor's children end when it does, and their orphans come to it (prctl(2))."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None)


def ends_with(parent: int) -> Callable[[], None]:
    """To run between fork and exec: an interrupt, for PostgreSQL a fast shutdown, at its death.

    The signal is bound to the thread that forks, and a change of user clears it: `subprocess`
    calls this after that change, and only a process with one thread may use it.
    """

    def arrange() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return arrange


def adopt_orphans() -> None:
    """What outlives the server becomes our child: in a container nobody else may ever reap it."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap(*, to_the_last: bool = False) -> None:
    """Reap what has ended, or wait until all children have. No server may be running."""
    try:
        while os.waitpid(-1, 0 if to_the_last else os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
