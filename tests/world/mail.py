"""Real mail: a Postfix that takes messages over STARTTLS, a Dovecot that keeps them for IMAP.

Both are instances of our own, in a directory of their own, on loopback ports; they need root,
because both change to users of theirs. Postfix signs in through Dovecot: anybody, with the password
`secret`. Recipients whose names begin so are special: `refused-` is unknown to it, `slow-` takes it
two seconds to accept.
"""

import email.policy
import imaplib
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from sparekey.demo.outside.mail import KEEPER, MASTER_CF
from tests.world.certificates import Authority, authority
from tests.world.processes import free_port
from tests.world.skips import file, root
from tests.world.waiting import until

DOMAIN = "mail.example"
USER = f"sparekey@{DOMAIN}"
PASSWORD = "secret"
_POSTFIX = Path("/usr/lib/postfix/sbin/master")
_DOVECOT = Path("/usr/sbin/dovecot")
_START_SECONDS = 30

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
myhostname = mx.{domain}
mydestination =
mynetworks =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
alias_maps =
alias_database =
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{directory}/recipients
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
maillog_file_prefixes = {directory}
maillog_file = {directory}/log
virtual_alias_maps = regexp:{directory}/aliases
"""
_RECIPIENTS = """\
/^refused-/ 550 5.1.1 No such mailbox
/^slow-/ sleep 2
"""
_DOVECOT_CONF = """\
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_home = {directory}/mail/%Lu
first_valid_uid = 1
recipient_delimiter = +
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={directory}/mail/%Lu allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
"""


@dataclass(slots=True)
class _Daemon:
    """A server that stays in the foreground, and ends with the test run, however that ends."""

    words: list[str | Path]
    log: Path
    port: int
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        with self.log.with_name("output").open("ab") as output:
            self._running = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "sh", *self.words],
                stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        try:
            until(self._listens, within=_START_SECONDS)
        except AssertionError as error:
            said = "".join(
                file.read_text()[-2000:]
                for file in (self.log, self.log.with_name("output"))
                if file.exists()
            )
            raise AssertionError(f"{self.words[0]} did not start:\n{said}") from error

    def stop(self) -> None:
        """End it and everything it started, all at once."""
        if self._running is not None:
            assert self._running.stdin is not None
            self._running.stdin.close()
            self._running.wait(timeout=20)
            self._running = None

    def _listens(self) -> bool:
        assert self._running is not None
        assert self._running.poll() is None, "it ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@dataclass(slots=True)
class MailHouse:
    """Where mail is handed in, and the mailboxes it ends in."""

    directory: Path
    trusted: Authority
    postfix: _Daemon
    dovecot: _Daemon
    imap_port: int

    @property
    def port(self) -> int:
        """Where Postfix takes messages."""
        return self.postfix.port

    def settings(self, **changes: str) -> dict[str, str]:
        """What a gateway to this Postfix is told; an empty change leaves a setting out."""
        told = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "security": "starttls",
            "ca": self.trusted.pem,
            "username": USER,
            "password": PASSWORD,
            "sender": f"no-reply@{DOMAIN}",
            **changes,
        }
        return {name: text for name, text in told.items() if text}

    def mailbox(self, address: str) -> list[bytes]:
        """Every mail in a mailbox, whole, oldest first."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port)
        try:
            client.login(address, PASSWORD)
            client.select("INBOX", readonly=True)
            _, [numbers] = client.search(None, "ALL")
            return [_fetched(client, number) for number in numbers.split()]
        finally:
            client.logout()

    def put(self, address: str, *mails: bytes) -> None:
        """Put mails into a mailbox, in this order, as a server would that takes everything."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port)
        try:
            client.login(address, PASSWORD)
            for octets in mails:
                client.append("INBOX", "", "", octets)
        finally:
            client.logout()

    def next_mail(self, address: str, *, count: int = 1, within: float = 10) -> bytes:
        """The last of at least `count` mails of a mailbox, waited for."""

        def arrived() -> list[bytes]:
            found = self.mailbox(address)
            return found if len(found) >= count else []

        return until(arrived, within=within)[-1]

    def await_delivery(self, address: str) -> None:
        """Returns once a mail handed in now, after all others, has arrived: nothing is under way.

        Mails to one mailbox may overtake each other, so the queue has to be empty as well.
        """
        before = len(self.mailbox(address))
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            client.sendmail("last@mail.example", [address], "Subject: the last one\r\n\r\n")
        self.next_mail(address, count=before + 1)
        until(self.queue_is_empty, within=10)

    def queue_is_empty(self) -> bool:
        """Whether everything that was taken has arrived, or has been given up."""
        spool = self.directory / "postfix" / "spool"
        return not [
            file
            for queue in ("maildrop", "incoming", "active", "deferred")
            for file in (spool / queue).rglob("*")
            if file.is_file()
        ]


def read_mail(octets: bytes) -> EmailMessage:
    """A mail as the standard library reads it, every header judged."""
    read = message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def needs_mail() -> None:
    """Skip the test where a Postfix and a Dovecot of its own cannot run."""
    root("Postfix and Dovecot change to users of theirs")
    file(_POSTFIX, package="postfix")
    file(_DOVECOT, package="dovecot-imapd")
    file(Path("/usr/lib/dovecot/lmtp"), package="dovecot-lmtpd")


@contextmanager
def mail_house(
    *,
    handing_to: int | None = None,
    forwards: Mapping[str, str] | None = None,
    loses: Sequence[str] = (),
) -> Generator[MailHouse]:
    """Postfix and Dovecot for the length of the block; mail ends in Dovecot's mailboxes, or is
    handed by LMTP to whoever listens on another port. It `forwards` mail for one address to
    another, and `loses` headers of all mail, by their names."""
    directory = Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))
    directory.chmod(0o755)
    trusted = authority()
    lmtp, auth, imap = free_port(), free_port(), free_port()
    dovecot = _dovecot(directory / "dovecot", lmtp=lmtp, auth=auth, imap=imap)
    postfix = _postfix(directory / "postfix", trusted, lmtp=handing_to or lmtp, auth=auth)
    rules = [f"/^{re.escape(one)}$/ {other}\n" for one, other in (forwards or {}).items()]
    (directory / "postfix" / "aliases").write_text("".join(rules))
    if loses:
        lost = [f"/^{name}:/ IGNORE\n" for name in loses]
        (directory / "postfix" / "headers").write_text("".join(lost))
        with (directory / "postfix" / "etc" / "main.cf").open("a") as main:
            main.write(f"header_checks = regexp:{directory}/postfix/headers\n")
    try:
        dovecot.start()
        postfix.start()
        yield MailHouse(directory, trusted, postfix, dovecot, imap)
    finally:
        postfix.stop()
        dovecot.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _postfix(directory: Path, trusted: Authority, *, lmtp: int, auth: int) -> _Daemon:
    port = free_port()
    for folder in ("etc", "spool", "data"):
        (directory / folder).mkdir(parents=True)
    shutil.chown(directory / "data", "postfix")
    certificate, key = trusted.certify("127.0.0.1", directory)
    (directory / "recipients").write_text(_RECIPIENTS)
    main = _MAIN_CF.format(
        directory=directory, domain=DOMAIN, certificate=certificate, key=key, lmtp=lmtp, auth=auth
    )
    configuration = directory / "etc"
    (configuration / "main.cf").write_text(main)
    (configuration / "master.cf").write_text(MASTER_CF.format(port=port))
    for name in ("dynamicmaps.cf", "postfix-files"):
        shutil.copy(Path("/etc/postfix") / name, configuration)
    checked = subprocess.run(
        ["/usr/sbin/postfix", "-c", configuration, "check"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return _Daemon([_POSTFIX, "-c", configuration, "-s"], directory / "log", port)


def _dovecot(directory: Path, *, lmtp: int, auth: int, imap: int) -> _Daemon:
    for folder in ("run", "state", "mail"):
        (directory / folder).mkdir(parents=True)
    shutil.chown(directory / "mail", "nobody", "nogroup")
    configuration = directory / "dovecot.conf"
    configuration.write_text(
        _DOVECOT_CONF.format(
            directory=directory, password=PASSWORD, lmtp=lmtp, auth=auth, imap=imap
        )
    )
    return _Daemon([_DOVECOT, "-F", "-c", configuration], directory / "log", imap)


def _fetched(client: imaplib.IMAP4, number: bytes) -> bytes:
    _, parts = client.fetch(number.decode(), "(RFC822)")
    part = parts[0]
    assert isinstance(part, tuple)
    return part[1]


@pytest.fixture(scope="session")
def mail() -> Iterator[MailHouse]:
    """A Postfix and a Dovecot that all tests of a test process share: use addresses of your own."""
    needs_mail()
    with mail_house() as house:
        yield house
