"""A message as a mail: what stands in it, and that no value breaks out of its place."""

import email.policy
import re
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways import Refused
from sparekey.gateways.wires.smtp.letter import Letter, write
from sparekey.gateways.wires.smtp.signing import sign
from tests.gateways.letters import ed25519_key, message, rsa_key, settings, verifies
from tests.world.mail import read_mail

OURS = ["Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted"]
MIME = ["MIME-Version", "Content-Type"]
NAMES = [
    "Acme",
    "Acme, Inc.",
    'The "Best" \\ Bank',
    "Müller & Söhne",
    "شركة أكمي للاتصالات",
    "A" * 80,
    "ä" * 80,
    "=?utf-8?q?Bank=0D=0ABcc:_mallory=40evil.example?=",
    "Acme\r\nBcc: mallory@evil.example",
    "Acme <mallory@evil.example>",
    "Acme\u2028Bcc: mallory@evil.example",
    "",
]


def strictly(letter: Letter) -> EmailMessage:
    """The mail, read by a parser that refuses every defect."""
    read = message_from_bytes(letter.octets, policy=email.policy.strict)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_has_both_parts_and_the_headers_of_a_machine():
    one = message(text="Code 1234 5678\n. a dot\nÄ\n", html="<p>Ä</p>")
    letter = write(one, settings().head)
    read = strictly(letter)
    plain, html = read.iter_parts()

    assert read.keys() == [*OURS, *MIME]
    assert read.get_content_type() == "multipart/alternative"
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == one.text
    assert html.get_content().strip() == one.html
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == one.sent_at
    assert read["To"].addresses[0].addr_spec == one.to
    assert re.fullmatch(r"<msg_[0-9a-z]{26}@acme\.example>", read["Message-ID"])


def test_a_message_without_html_is_one_part():
    read = strictly(write(message(html=None), settings().head))

    assert read.get_content_type() == "text/plain"


def test_bounces_come_back_to_an_address_that_names_the_message():
    letter = write(message(), settings(bounces="returns@in.acme.example").head)

    assert letter.sender == f"returns+{'b' * 52}@in.acme.example"
    assert len(letter.sender.partition("@")[0]) <= 64


def test_replies_go_to_a_token_of_ours_only_where_somebody_reads_them():
    without = write(message(), settings().head)
    with_replies = write(message(), settings(replies="reply@in.acme.example").head)

    assert strictly(without)["Reply-To"] is None
    assert strictly(with_replies)["Reply-To"] == f"reply+{'r' * 52}@in.acme.example"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_beside_the_address_of_the_sender(name: str):
    read = strictly(write(message(sender=name), settings().head))
    [sender] = read["From"].addresses

    assert read.keys() == [*OURS, *MIME]
    assert sender.addr_spec == "no-reply@acme.example"
    assert "".join(sender.display_name.split()) == "".join(name.split())


@pytest.mark.parametrize("subject", [*NAMES, "x" * 500, "ü " * 300])
def test_a_subject_is_one_header_whatever_it_says(subject: str):
    letter = write(message(subject=subject), settings().head)
    head = letter.octets.partition(b"\r\n\r\n")[0]

    assert strictly(letter).keys() == [*OURS, *MIME]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@pytest.mark.parametrize(
    "to",
    [
        "",
        "alice",
        "alice@mail.example\r\nRCPT TO:<bob@mail.example>",
        "alice@mail.example> SIZE=1",
        "alice@mail.example,bob@mail.example",
        "a b@mail.example",
        "alice@mail.example\u2028",
        "\ud800@mail.example",
    ],
)
def test_what_is_not_one_address_is_refused(to: str):
    with pytest.raises(Refused):
        write(message(to=to), settings().head)


_HOSTILE = st.text(
    st.sampled_from("ab\r\n\t\0 :;,.<>@\"'\\()=?_-\x0b\x85\u2028\u202eäßж漢🙂")
    | st.characters(exclude_categories=["Cs"]),
    max_size=200,
)


@given(name=_HOSTILE, subject=_HOSTILE, text=_HOSTILE, html=_HOSTILE)
def test_no_value_adds_a_header_a_part_or_a_long_line(
    name: str, subject: str, text: str, html: str
):
    letter = write(message(sender=name, subject=subject, text=text, html=html), settings().head)
    read = strictly(letter)

    assert read.keys() == [*OURS, *MIME]
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert letter.octets.isascii()
    assert max(map(len, letter.octets.split(b"\r\n"))) <= 998
    assert b"\n" not in letter.octets.replace(b"\r\n", b"")
    assert b"\r" not in letter.octets.replace(b"\r\n", b"")


@pytest.mark.parametrize("make", [rsa_key, ed25519_key])
def test_a_signature_verifies_and_a_changed_mail_does_not(make: Any):
    told = settings(dkim_selector="Mail", dkim_key=make())
    letter = write(message(subject="Grüße"), told.head)
    signed = sign(letter, told.dkim_keys, told.dkim_domain).octets
    forged = signed.replace(b"From: Acme", b"From: Evil")
    added = signed.replace(b"Subject:", b"Subject: Another\r\nSubject:", 1)

    altered = signed.replace(b"recover.acme", b"recover.evil")
    mails = (signed, forged, added, altered)

    assert [verifies(one, *told.dkim_keys) for one in mails] == [True, False, False, False]


def test_two_keys_sign_each_on_its_own():
    told = settings(
        dkim_selector="a", dkim_key=rsa_key(), dkim_selector_2="b", dkim_key_2=ed25519_key()
    )
    signed = sign(write(message(), told.head), told.dkim_keys, told.dkim_domain).octets
    found = [verifies(signed, *told.dkim_keys, nth=nth) for nth in range(2)]

    assert read_mail(signed).keys()[:3] == ["DKIM-Signature", "DKIM-Signature", "Date"]
    assert found == [True, True]


def test_a_letter_prints_without_its_words():
    letter = write(message(), settings().head)

    assert "alice" not in repr(letter)
    assert "recover" not in repr(letter)
