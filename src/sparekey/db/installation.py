"""Which keys this database belongs to: rows made with one index key are lost under another."""

from sparekey.db.statement import Executor, statement


class WrongKeyring(Exception):
    """The database was made with another index key; the message says what to do."""


_adopt = statement(
    """
    INSERT INTO db.installation (index_key_fingerprint)
    VALUES (:fingerprint)
    ON CONFLICT (is_only_row) DO NOTHING
    """
)

_fingerprint = statement("SELECT index_key_fingerprint FROM db.installation", returns=bytes)


async def adopt_keyring(on: Executor, fingerprint: bytes) -> None:
    """Bind a new database to the index key of this fingerprint; later accept no other key."""
    await _adopt.run(on, fingerprint=fingerprint)
    if await _fingerprint.one(on) != fingerprint:
        raise WrongKeyring(
            "this database was made with another keyring: addresses and limits stored in it"
            " cannot be found with this one. Start with the keyring file that belongs to this"
            " database (restore it from your backup of keys), or use an empty database."
        )
