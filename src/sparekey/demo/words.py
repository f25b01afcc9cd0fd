"""What the demo says before the play and after it."""

import sys
from pathlib import Path

from sparekey.demo.installation import Trial
from sparekey.demo.outside.world import Outside
from sparekey.demo.transcript import Transcript
from sparekey.opening import House
from sparekey.settings import Settings

_ABOUT = (
    "Acme’s customers get back into their own accounts by text and email, and a stranger does not."
    " Everything below happens now, on this machine, through the public API; what is marked ✓ was"
    " checked. {} The people and their numbers are made up."
)
_IN_THE_SANDBOX = "Texts and emails go to a sandbox."
_OVER_REAL_WIRES = (
    "Texts go by SMPP through an SMSC, emails by SMTP through Postfix. Both are programs of other"
    " people, which this demo has started; what is shown is what arrived behind them."
)


def introduce(
    transcript: Transcript, settings: Settings, world: Outside | None, *, is_new: bool
) -> None:
    """What this is and where it lives."""
    if world is None:
        transcript.title("Sparekey: the demo", _ABOUT.format(_IN_THE_SANDBOX))
    else:
        transcript.title("Sparekey: the demo over real wires", _ABOUT.format(_OVER_REAL_WIRES))
        transcript.says("SMSC", f"the package smpp of npm, on 127.0.0.1:{world.smsc.port}")
        transcript.says("Mail", f"Postfix, on 127.0.0.1:{world.mail.port}")
    transcript.says("Data", f"{settings.data_dir} (its database, keyring and demo.log)")
    if is_new:
        transcript.says("", "This is the first run: the database is being made …")


def invite(transcript: Transcript, house: House, trial: Trial) -> None:
    """What to try next, and how to stop."""
    transcript.section("Try it yourself: it keeps serving until you press Ctrl-C")
    key = trial.api_key.reveal()
    words = _LINES if trial.brand.is_sandbox else _LINES_OF_REAL
    lines = words.format(
        base_url=house.base_url,
        brand=trial.brand.slug,
        key=key,
        directory=house.settings.data_dir,
        port=house.settings.port,
        database_url=house.database_url,
        sparekey=Path(sys.executable).with_name("sparekey"),
    )
    for line in lines.splitlines():
        transcript.line(f"  {line}" if line else "")
    transcript.line()


_LINES = """\
# In a browser: the phones and mailboxes, and “forgot password”.
{base_url}/sandbox
{base_url}/{brand}/forgot

BASE_URL={base_url}
API_KEY={key}  # of the sandbox, for this run
call() {{ curl -sS "$BASE_URL$1" -H "Authorization: Bearer $API_KEY" \\
           -H 'Content-Type: application/json' "${{@:2}}"; echo; }}

# A customer of your own, locked out; the text on her handset; what she types.
call /v1/accounts/erin -X PUT -d '{{"addresses": [
    {{"kind": "phone", "value": "+447700900001", "verified": true}}]}}'
call /v1/recoveries -d '{{"identifier": "+447700900001"}}'
call /v1/sandbox/inbox -d '{{"address": "+447700900001"}}'
call /v1/recoveries/rec_…/proofs -d '{{"code": "…"}}'
call /v1/recoveries/rec_…/password -d '{{"grant": "…", "password": "four words of her own"}}'
# A code that proves a mailbox; every route.
call /v1/verifications -d '{{"to": "erin@mail.example", "purpose": "verify_address"}}'
call /v1/openapi.json"""

_LINES_OF_REAL = """\
# “Forgot password” in a browser.
{base_url}/{brand}/forgot

BASE_URL={base_url}
API_KEY={key}  # of this run
call() {{ curl -sS "$BASE_URL$1" -H "Authorization: Bearer $API_KEY" \\
           -H 'Content-Type: application/json' "${{@:2}}"; echo; }}

# A text through the SMSC, and its receipt a moment later.
call /v1/verifications -d '{{"to": "+447700900001", "purpose": "verify_address"}}'
call /v1/messages

# The same on the command line: a test text followed to its receipt, and what could be better.
export SPAREKEY_DATA_DIR={directory} SPAREKEY_PORT={port}
export DATABASE_URL='{database_url}'
{sparekey} send --brand {brand} --to +447700900002
{sparekey} doctor --brand {brand}"""
