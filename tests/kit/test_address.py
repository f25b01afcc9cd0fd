"""One address has one form, and what is not one address is refused."""

import subprocess
import sys

import pytest

from sparekey.kit.address import (
    Email,
    Phone,
    Reason,
    UnusableAddress,
    is_sendable,
    read_address,
    read_email,
    read_phone,
)

ALICE = "+447400123456"


def spellings() -> list[str]:
    """Fifty and more ways in which people, pages and contact lists write one number."""
    national = ["07400123456", "07400 123456", "07400-123-456", "(07400) 123456", "07400.123.456"]
    abroad = ["7400123456", "7400 123456", "7400-123-456", "(0)7400 123456", "7400.123.456"]
    prefixes = ["+44", "+44 ", "+44-", "0044", "0044 ", "tel:+44", "TEL:+44 ", " +44 ", "\u202a+44"]
    every = national + [prefix + rest for prefix in prefixes for rest in abroad]
    every += ["＋４４７４００１２３４５６", "+44 ٧٤٠٠١٢٣٤٥٦", "+44 7400 123456\u202c"]
    return every


def test_fifty_spellings_of_a_number_meet() -> None:
    every = spellings()

    assert len(set(every)) >= 50
    assert {read_phone(text, "GB").value for text in every} == {ALICE}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("+44 9098 790123", "number_type"),  # premium
        ("+44 845 748 4950", "number_type"),  # shared cost
        ("+1 800 555 0123", "number_type"),  # toll-free
        ("+44 7640 123456", "number_type"),  # pager
        ("+44 70 1234 5678", "number_type"),  # personal, forwarded at a premium
        ("+800 1234 5678", "number_type"),  # international freephone
        ("+44 7400 123456 ext 5", "extension"),
        ("+44 7400 123456x5", "extension"),
        ("07400 123456", "no_country"),
        ("+999 123456789", "no_country"),
        ("+44 7400 1234561234", "no_such_number"),
        ("+44 12", "no_such_number"),
        ("+1 202 FLOWERS", "unreadable"),
        ("+447400123456,+447400123457", "unreadable"),
        ("+447400123456;ext=4", "unreadable"),
        ("+447400123456 +447400123457", "unreadable"),
        ("+447400123456\n", "unreadable"),
        ("+4474001\x0023456", "unreadable"),
        ("+447400123456\u2028", "unreadable"),
        ("\ud800", "unreadable"),
        ("", "unreadable"),
        ("+4" * 100, "too_long"),
    ],
)
def test_a_number_nobody_should_text_is_refused_with_its_reason(text: str, reason: Reason) -> None:
    with pytest.raises(UnusableAddress) as refusal:
        read_phone(text)

    assert refusal.value.reason == reason
    assert refusal.value.code == f"address.{reason}"
    assert not text or text not in refusal.value.detail


def test_numbers_for_tests_and_demonstrations_are_sendable() -> None:
    assert read_phone("+44 7700 900123") == Phone("+447700900123", "GB")
    assert read_phone("+1 202 555 0123") == Phone("+12025550123", "US")
    assert is_sendable("+447700900123")
    assert is_sendable(ALICE)
    assert not is_sendable("+449098790123")
    assert not is_sendable("07400123456")


@pytest.mark.parametrize(
    ("text", "value", "folded"),
    [
        ("Alice+Shop@Example.COM", "Alice+Shop@example.com", "alice@example.com"),
        (" bob@b.example ", "bob@b.example", "bob@b.example"),
        ("a@MÜNCHEN.example", "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example"),
        ("a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example"),
        ("a@c。example", "a@c.example", "a@c.example"),
        ("o'hara/x@c.example", "o'hara/x@c.example", "o'hara/x@c.example"),
        ("+tag@c.example", "+tag@c.example", "+tag@c.example"),
    ],
)
def test_a_mailbox_keeps_its_local_part_and_gets_an_ascii_domain(
    text: str, value: str, folded: str
) -> None:
    email = read_email(text)

    assert (email.value, email.folded) == (value, folded)
    assert read_email(email.value) == email


@pytest.mark.parametrize(
    "text",
    [
        "a b@x.example", '"a b"@x.example', "a@b", "a@b.example,c@d.example",
        "a@b.example;c@d.example", "a@b.example c@d.example", "A <a@b.example>", "<a@b.example>",
        "a@b.example\r\nBcc: m@m.example", "a@b.example\n", "a\x00@b.example", "a@@b.example",
        "a@[192.0.2.1]", "a@192.0.2.1", "a@127.1", "a..b@c.example", ".a@c.example", "a.@c.example",
        "a@-b.example", "a@b_c.example", "a@b.example.", "a@.b.example", "a@b..example",
        "a\u200b@b.example", "\ud800@b.example", "a@\ud800.example", "@b.example", "a@", "a", "",
        f"{'x' * 65}@b.example", f"a@{'b' * 64}.example", f"a@{'b.' * 130}example",
        '["a@b.example"]', "mailto:a@b.example?cc=c@d.example", "a@xn--.example",
    ],
)  # fmt: skip
def test_what_is_not_exactly_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(UnusableAddress):
        read_email(text)


def test_read_address_takes_the_kind_as_a_word() -> None:
    assert read_address("phone", ALICE) == Phone(ALICE, "GB")
    assert read_address("email", "a@b.example") == Email("a", "b.example")
    with pytest.raises(UnusableAddress):
        read_address("fax", ALICE)


def test_a_mask_tells_the_owner_and_nobody_else() -> None:
    assert read_phone(ALICE).masked == "+44••••••••56"
    assert read_email("alice@b.example").masked == "a•••@b.example"


def test_reading_emails_loads_no_telephone_tables() -> None:
    code = (
        "import sys; from sparekey.kit.address import read_email, read_phone;"
        "read_email('a@b.example'); early = 'phonenumbers' in sys.modules;"
        f"read_phone('{ALICE}'); late = sys.modules;"
        "print(early, 'phonenumbers.geocoder' in late, 'phonenumbers.carrier' in late)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert printed.stdout.split() == ["False", "False", "False"]
