"""The mail server: a Postfix of our own on loopback, and the mailboxes that it fills.

Mail to customers ends in a folder for each of them. Mail to the addresses that our messages carry
is handed to Sparekey by LMTP, as an operator's own server would. A mailbox that it does not have
it finds out about after it took the mail, and sends it back.
"""

import asyncio
import email.policy
import os
import pwd
import shutil
import smtplib
import socket
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, formatdate, make_msgid
from pathlib import Path

from sparekey.demo.outside.programs import free_port
from sparekey.demo.stage import PlayFailed, Received
from sparekey.opening import CannotStart

#: Where customers have their mailboxes, and where answers to us arrive.
CUSTOMERS = "mail.example"
ANSWERS = "answers.acme.example"
_OWNER = "nobody"
_PATIENCE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02

#: Ends Postfix when our end of its pipe closes, as it does however we end. A signal at our death
#: would not do: the kernel forgets it when Postfix changes its user. Its first process ends all
#: others as the first of a session.
KEEPER = 'setsid "$@" & read -r _; kill $!; wait'
_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {directory}/spool
data_directory = {directory}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.mail.example
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {customers}
virtual_mailbox_base = {directory}/mailboxes
virtual_mailbox_maps = texthash:{directory}/customers
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
relay_domains = {answers}
transport_maps = texthash:{directory}/transports
lmtp_destination_recipient_limit = 1
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
alias_maps =
alias_database =
maillog_file_prefixes = {directory}
maillog_file = {directory}/log
"""
#: Every service of Postfix that the demo or a test uses; those that are not asked for do not run.
MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """One that runs; it knows no mailbox until one is opened."""

    directory: Path
    port: int
    #: Where it hands over answers to us.
    answers_port: int

    def open_mailbox(self, address: str) -> None:
        """Have a mailbox, before the first mail of all: the list is read once."""
        with (self.directory / "customers").open("a") as customers:
            customers.write(f"{address} {address}/\n")

    def mailbox(self, address: str) -> Sequence[Received]:
        """Everything in a mailbox, oldest first."""
        arrived = (self.directory / "mailboxes" / address / "new").glob("*")
        return [_read(path) for path in sorted(arrived, key=_age)]

    async def reply(self, received: Received, *, sender: str, text: str) -> None:
        """Answer a mail as a mail program does, with the mail quoted below."""
        letter = EmailMessage()
        letter["From"], letter["To"] = sender, received.reply_to
        letter["Subject"] = f"Re: {received.subject}"
        letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=CUSTOMERS)
        quoted = "\n".join(f"> {line}" for line in received.text.splitlines())
        wrote = f"On {format_datetime(datetime.now(UTC))} {received.sender} wrote:"
        letter.set_content(f"{text}\n\n{wrote}\n\n{quoted}\n")
        await asyncio.to_thread(self._hand_in, letter)

    def _hand_in(self, letter: EmailMessage) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS) as line:
                line.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise PlayFailed(f"Postfix did not take the reply: {error}") from error


@asynccontextmanager
async def mail_server(master: Path) -> AsyncGenerator[Postfix]:
    """A Postfix for the length of the block, in a directory that goes with it."""
    directory = Path(tempfile.mkdtemp(prefix="sparekey-demo-mail-"))
    made = Postfix(directory, free_port(), free_port())
    try:
        _furnish(made)
        await _checked(made)
        # Of a session of its own, so that Ctrl-C at a terminal ends the play first.
        keeper = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", KEEPER, "sh", master, "-c", directory / "etc", "-s",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        assert keeper.stdin is not None
        try:
            await _listening(made)
            yield made
        finally:
            keeper.stdin.close()
            await keeper.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _furnish(mail: Postfix) -> None:
    """Configuration and folders, each of whom Postfix wants it to belong to."""
    directory, owner = mail.directory, pwd.getpwnam(_OWNER)
    directory.chmod(0o755)
    for folder in ("etc", "spool", "data", "mailboxes"):
        (directory / folder).mkdir()
    shutil.chown(directory / "data", "postfix")
    os.chown(directory / "mailboxes", owner.pw_uid, owner.pw_gid)
    main = _MAIN_CF.format(
        directory=directory, customers=CUSTOMERS, answers=ANSWERS, uid=owner.pw_uid,
        gid=owner.pw_gid,
    )  # fmt: skip
    (directory / "etc" / "main.cf").write_text(main)
    (directory / "etc" / "master.cf").write_text(MASTER_CF.format(port=mail.port))
    for name in ("dynamicmaps.cf", "postfix-files"):
        shutil.copy(Path("/etc/postfix") / name, directory / "etc")
    (directory / "customers").touch()
    (directory / "transports").write_text(f"{ANSWERS} lmtp:inet:127.0.0.1:{mail.answers_port}\n")


async def _checked(mail: Postfix) -> None:
    """Postfix makes the folders of its queues, and says what is wrong with its configuration."""
    checking = await asyncio.create_subprocess_exec(
        "/usr/sbin/postfix", "-c", mail.directory / "etc", "check",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await checking.communicate()
    if checking.returncode != 0:
        raise CannotStart(f"Postfix does not take its configuration.\n{said.decode().strip()}")


async def _listening(mail: Postfix) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", mail.port)) == 0:
                        return
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    except TimeoutError:
        log = mail.directory / "log"
        said = log.read_text()[-1000:] if log.exists() else "It logged nothing."
        raise CannotStart(f"Postfix did not start.\n{said}") from None


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _read(path: Path) -> Received:
    mail = message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    return Received(str(mail["From"]), str(mail["Subject"]), text, str(mail["Reply-To"]))
