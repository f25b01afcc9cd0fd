"""A real Kannel for the length of one script, in a network of its own: its played SMSC listens on
every address. Run by `unshare --net`; prints what happened as one line of JSON.
"""

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID

from sparekey import gateways
from tests.gateways.http.cases import text_message
from tests.gateways.http.provider import PlayedProvider, Said
from tests.world.waiting import until

#: The message that is looked for.
OURS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")
_SENDSMS = "http://127.0.0.1:13013/cgi-bin/sendsms"
_CONFIGURATION = """\
group = core
admin-port = 13000
admin-password = hush
admin-interface = 127.0.0.1
smsbox-port = 13001
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
port = 10000
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = 13013
sendsms-interface = 127.0.0.1

group = sendsms-user
username = recovery
password = hush

group = sms-service
keyword = default
catch-all = yes
get-url = "{hook}?from=%p&to=%P&text=%a&id=%I"
alt-charset = UTF-8
omit-empty = true
max-messages = 0
"""


async def _scene(directory: Path) -> dict[str, Any]:
    async with PlayedProvider([Said()]).listening() as hook:
        url = f"{hook.url}/hooks/kannel"
        configuration = directory / "kannel.conf"
        configuration.write_text(_CONFIGURATION.format(hook=url))
        running = [_started(["/usr/sbin/bearerbox", str(configuration)], directory)]
        try:
            await asyncio.to_thread(until, lambda: _takes(13001), within=20)
            running.append(_started(["/usr/sbin/smsbox", str(configuration)], directory))
            await asyncio.to_thread(until, _listens, within=20)
            words = ["-H", "127.0.0.1", "-r", "10000", "-m", "1", "-i", "1"]
            incoming = "447700900123 12345 text NEIN"
            running.append(_started([str(FAKE_SMSC), *words, incoming], directory))
            said = await _conversation(url)
            await asyncio.to_thread(until, lambda: _has_heard(hook), within=20)
        finally:
            for one in running:
                one.terminate()
                one.wait()
        return {**said, "heard": [[one.method, one.path] for one in hook.asked]}


async def _conversation(url: str) -> dict[str, Any]:
    kind = gateways.KINDS.get("kannel")
    around = gateways.Around(keep=_keeps_nothing, hook_url=url)
    told = {"url": _SENDSMS, "username": "recovery", "password": "hush"}
    wire = kind.open(around, told)
    accepted = await wire.send(text_message(id=OURS))
    await wire.send(text_message(text="رمزك 1234 5678"))
    await wire.drop(text_message())
    assert kind.examine is not None
    found = [one async for one in kind.examine(told)]
    wrong = [one async for one in kind.examine({**told, "password": "wrong"})]
    try:
        await kind.open(around, {**told, "password": "wrong"}).send(text_message())
    except gateways.WireFailure as failure:
        refused = failure.code
    else:
        refused = "taken"
    return {"ref": accepted.ref, "wrong_password": refused, "advice": found[0].advice,
            "advice_for_a_wrong_password": wrong[0].advice}  # fmt: skip


def _started(words: list[str], directory: Path) -> subprocess.Popen[bytes]:
    with (directory / f"{Path(words[0]).name}.log").open("ab") as log:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=log, stderr=log)


def _takes(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _listens() -> bool:
    try:
        with urlopen(_SENDSMS, timeout=1):
            return True
    except OSError as error:
        return getattr(error, "code", None) == 403


def _has_heard(hook: PlayedProvider) -> bool:
    paths = [one.path for one in hook.asked]
    delivered = sum("type=1" in path and "type=16" not in path for path in paths)
    return delivered >= 2 and any("text=NEIN" in path for path in paths)


async def _keeps_nothing(_message: gateways.Outgoing, _is_decoy: bool) -> None:
    """Only the sandbox keeps messages."""


if __name__ == "__main__":
    subprocess.run(["/usr/sbin/ip", "link", "set", "lo", "up"], check=True)
    sys.stdout.write(json.dumps(asyncio.run(_scene(Path(sys.argv[1])))))
