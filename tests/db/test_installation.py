"""A database belongs to one index key for ever."""

import pytest

from sparekey.db import Db, WrongKeyring, adopt_keyring
from sparekey.kit.keyring import Keyring


async def test_a_new_database_takes_the_first_keyring(db: Db, keyring: Keyring) -> None:
    await adopt_keyring(db, keyring.fingerprint)
    await adopt_keyring(db, keyring.fingerprint)


async def test_another_keyring_is_refused_with_the_way_out(db: Db, keyring: Keyring) -> None:
    await adopt_keyring(db, keyring.fingerprint)

    with pytest.raises(WrongKeyring, match="keyring file that belongs to this database"):
        await adopt_keyring(db, Keyring.generate().fingerprint)
