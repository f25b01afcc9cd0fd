"""The keys outside the database: what they bind, how they rotate, what a file of them may be."""

import json
import os
from pathlib import Path

import pytest

from sparekey.kit.keyring import BrokenSeal, Keyring


def rotated(old: Keyring) -> Keyring:
    """A keyring whose new code and seal keys stand before the old ones."""
    new = Keyring.generate()
    return Keyring((*new.code, *old.code), (*new.seal_keys, *old.seal_keys), old.index_key)


def test_a_keyring_survives_its_file(tmp_path: Path, keyring: Keyring) -> None:
    keyring.save(tmp_path / "keyring.json")

    assert Keyring.load(tmp_path / "keyring.json") == keyring


def test_a_keyring_file_is_its_owners_only(tmp_path: Path, keyring: Keyring) -> None:
    keyring.save(tmp_path / "keyring.json")

    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o600


def test_a_keyring_file_is_never_overwritten(tmp_path: Path, keyring: Keyring) -> None:
    keyring.save(tmp_path / "keyring.json")

    with pytest.raises(FileExistsError):
        Keyring.generate().save(tmp_path / "keyring.json")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", json.dumps({"code": ["AAAA"], "seal": ["AAAA"], "index": "AAAA"}), "{"],
)
def test_a_file_that_is_no_keyring_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(content)

    with pytest.raises(ValueError, match="not a keyring file"):
        Keyring.load(path)


def test_a_sealed_value_opens_for_its_own_row_only(keyring: Keyring) -> None:
    sealed = keyring.seal(b"four words", bound_to=b"row one")

    assert keyring.unseal(sealed, bound_to=b"row one") == b"four words"
    with pytest.raises(BrokenSeal):
        keyring.unseal(sealed, bound_to=b"row two")


def test_a_sealed_value_that_was_altered_does_not_open(keyring: Keyring) -> None:
    sealed = bytearray(keyring.seal(b"four words", bound_to=b"row"))
    for place in range(len(sealed)):
        altered = bytes(sealed[:place]) + bytes([sealed[place] ^ 1]) + bytes(sealed[place + 1 :])
        with pytest.raises(BrokenSeal):
            keyring.unseal(altered, bound_to=b"row")


def test_what_was_sealed_before_a_rotation_still_opens(keyring: Keyring) -> None:
    sealed = keyring.seal(b"four words", bound_to=b"row")

    assert rotated(keyring).unseal(sealed, bound_to=b"row") == b"four words"


def test_a_mac_from_before_a_rotation_is_among_those_compared(keyring: Keyring) -> None:
    before = keyring.mac("code", b"id", "12345678")

    assert before in rotated(keyring).macs("code", b"id", "12345678")


def test_index_keys_do_not_change_with_a_rotation(keyring: Keyring) -> None:
    assert rotated(keyring).index("sends", "a") == keyring.index("sends", "a")
    assert rotated(keyring).fingerprint == keyring.fingerprint


def test_no_two_lists_of_parts_share_a_mac(keyring: Keyring) -> None:
    assert keyring.mac("a", "bc", "d") != keyring.mac("a", "b", "cd")
    assert keyring.mac("ab", "c") != keyring.mac("a", "bc")
    assert keyring.index("a", "b", "") != keyring.index("a", "b")


def test_a_keyring_does_not_print_its_keys(keyring: Keyring) -> None:
    assert os.fsdecode(keyring.index_key.hex()) not in repr(keyring)
    assert "index_key" not in repr(keyring)
