"""Composition root of the command line; each command imports what it needs when it runs."""

import sys
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from sparekey.cli import running
from sparekey.kit.clock import SystemClock

app = typer.Typer(
    help="Lets customers get back into their own accounts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
#: Commands that packages bring; each is imported only when it is the one that was asked for.
_BROUGHT = {
    "accounts": ("sparekey.accounts.commands", "The accounts of a brand."),
    "brands": ("sparekey.brands.commands", "Companies and products whose customers are served."),
    "flows": ("sparekey.flows.commands", "What happens next, as people drew it."),
    "gateways": ("sparekey.gateways.commands", "Connections of live brands to mail servers."),
    "inbox": ("sparekey.inbox.commands", "Mail that came in and could not be read."),
    "jobs": ("sparekey.jobs.commands", "Work that was given up."),
    "keys": ("sparekey.access.commands", "API keys of a brand."),
    "templates": ("sparekey.templates.commands", "The words of our messages."),
}
#: What a higher package adds to the commands of a lower one; always with what is sealed.
_JOINED = {"flows": "sparekey.nodes.commands"}
#: Those of them that read or write what is sealed, and those that show addresses of ours.
_SEALED = frozenset({"accounts", "gateways"})
_ADDRESSED = frozenset({"gateways"})


class Wires(StrEnum):
    """What the demo sends through."""

    SANDBOX = "sandbox"
    REAL = "real"


@app.command()
def demo(
    ends: Annotated[bool, typer.Option("--exit", help="End after the transcript.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line for programs, no play.")
    ] = False,
    wires: Annotated[
        Wires, typer.Option(help="real: through an SMSC and a mail server that it starts.")
    ] = Wires.SANDBOX,
) -> None:
    """Recover accounts on a trial installation, then serve it until stopped."""
    from sparekey.demo.commands import Wish, demonstrate

    wish = Wish(ends, as_json, is_real=wires is Wires.REAL)
    raise SystemExit(running.run(demonstrate(running.read_settings(), wish)))


@app.command()
def init() -> None:
    """Make the keyring and prepare the database."""
    from sparekey.kit.keyring import Keyring

    settings = running.read_settings()
    if settings.keyring.exists():
        typer.echo(f"The keyring is at {settings.keyring} already.")
    else:
        settings.keyring.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        Keyring.generate().save(settings.keyring)
        typer.echo(f"Made the keyring {settings.keyring}. Keep a copy apart from your backups.")
    running.run(running.migrate(settings))


@app.command()
def migrate() -> None:
    """Bring the database to the state that this version expects."""
    running.run(running.migrate(running.read_settings()))


@app.command()
def serve(
    worker: Annotated[bool, typer.Option(help="Hand messages over in this process, too.")] = True,
) -> None:
    """Answer requests until stopped."""
    from sparekey import http
    from sparekey.app import serve as serving

    settings = running.read_settings()
    http.configure_logs(settings.log_level)
    running.run(serving(settings, with_worker=worker))


@app.command()
def worker() -> None:
    """Hand messages over and do what is due, until stopped."""
    from sparekey import http
    from sparekey.worker import work

    settings = running.read_settings()
    http.configure_logs(settings.log_level)
    running.run(work(settings))


@app.command()
def settings() -> None:
    """Describe every setting."""
    from sparekey.settings import document

    typer.echo(document())


@app.command()
def doctor(
    brand: Annotated[str | None, typer.Option(help="Of all brands, only this one.")] = None,
) -> None:
    """Say what works and what somebody has to see to; fails when there is any."""
    from sparekey.cli.doctor import examine

    raise SystemExit(running.run(examine(running.read_settings(), brand)))


@app.command()
def send(
    to: Annotated[str, typer.Option(help="A phone number or email address of your own.")],
    channel: Annotated[
        str | None, typer.Option(help="sms or email, as the address has it.")
    ] = None,
    brand: Annotated[
        str | None, typer.Option(help="The brand's slug, unless it is the only one.")
    ] = None,
    template: Annotated[
        str, typer.Option(help="Which message; it is marked as a test.")
    ] = "recovery_code",
    wait: Annotated[
        int, typer.Option(help="Seconds to wait for its receipt.", min=1, max=3600)
    ] = 60,
) -> None:
    """Send a test message and follow it to its receipt.

    Ends with 0 when it arrived, as far as its way tells, with 1 when it did not, and with 2 when
    nobody has told in time.
    """
    from sparekey.cli.sending import Wanted, send_and_follow

    wanted = Wanted(to, channel, brand, template, wait)
    raise SystemExit(running.run(send_and_follow(running.read_settings(), wanted)))


@app.command()
def plugins() -> None:
    """List the wires, guard rules and templates that are installed."""
    from sparekey.cli.plugins import list_plugins

    list_plugins()


def main() -> None:
    """The `sparekey` command."""
    for name, (module, about) in _BROUGHT.items():
        if sys.argv[1:2] == [name]:
            opener = running.on_sealed if name in _SEALED else running.on_db
            around = (running.base_url,) if name in _ADDRESSED else ()
            commands = import_module(module).app(opener, SystemClock(), *around)
            if name in _JOINED:
                more = import_module(_JOINED[name]).app(running.on_sealed, SystemClock())
                commands.registered_commands += more.registered_commands
        else:
            commands = typer.Typer(help=about)
        app.add_typer(commands, name=name)
    app()
