"""Reading mail: what was written anew, in many ways of quoting; nothing hangs or crashes it."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparekey.inbox.letters import read_letter
from tests.inbox.mailing import nested

QUOTED = {
    "gmail": "NO\n\nOn Wed, Mar 4, 2026 at 12:00 Acme <no@acme.example> wrote:\n\n> code\n",
    "folded": "NO\n\nOn Wed, Mar 4, 2026 at 12:00 Acme\n<no@acme.example> wrote:\n\n> x\n",
    "german": "Nein\n\nAm 04.03.2026 um 12:00 schrieb Acme <no@acme.example>:\n> Code\n",
    "french": "Non\n\nLe mer. 4 mars 2026 à 12:00, Acme <no@acme.example> a écrit :\n> Code\n",
    "spanish": "No\n\nEl mié, 4 mar 2026 a las 12:00, Acme (<no@acme.example>) escribió:\n> x\n",
    "arabic": "لا\n\nفي الأربعاء 4 مارس 2026، كتب Acme <no@acme.example>:\n> رمز\n",
    "outlook": "NO\n\n-----Original Message-----\nFrom: Acme\nSent: x\nTo: y\nSubject: z\n\nc",
    "outlook line": f"NO\n\n{'_' * 32}\nFrom: Acme <a@b.example>\nSent: x\nTo: y\nSubject: z\n\nq",
    "phone": "NO\n\nSent from my iPhone\n\n> On 4 Mar 2026, at 12:00, Acme wrote:\n> \n> code\n",
    "signature": "NO\n\n-- \nAlice Winters\nHead of Kettles\n",
    "bare quote": "> code\n> more\n",
    "nothing": "",
}
EXPECTED = {"german": "Nein", "french": "Non", "spanish": "No", "arabic": "لا"}


def mail(text: str, subtype: str = "plain") -> bytes:
    made = EmailMessage()
    made["From"] = "alice@mail.example"
    made.set_content(text, subtype=subtype)
    return made.as_bytes()


@pytest.mark.parametrize("how", QUOTED)
def test_what_was_written_anew_is_found(how: str):
    expected = EXPECTED.get(how, "" if how in {"bare quote", "nothing"} else "NO")

    assert read_letter(mail(QUOTED[how]), "alice@mail.example").text == expected


def test_html_without_plain_text_is_read_without_its_quotation():
    html = (
        "<html><head><style>p{}</style></head><body><div>NO</div><br>"
        "<blockquote>On Wed Acme wrote: reply YES</blockquote></body></html>"
    )

    assert read_letter(mail(html, "html"), "a@b.example").text == "NO"


def test_it_prints_without_words_or_addresses():
    printed = repr(read_letter(mail("the moon is out"), "alice@mail.example"))

    assert "moon" not in printed
    assert "alice" not in printed


@pytest.mark.parametrize(
    "line",
    [
        b"On " * 100_000,
        b"On " + b"a " * 200_000,
        b"> " * 100_000,
        b"-" * 500_000,
        b"_" * 500_000,
        b"From: " * 50_000,
        (b"From: a\n" * 50_000),
        (b"On a\n" * 50_000),
        (b"Le a\n" * 50_000),
        (b"Am x schrieb\n" * 20_000),
        (b"* " * 10_000 + b"\n") * 10,
        b"Sent from " * 50_000,
    ],
    ids=range(12),
)
def test_no_mail_takes_long_to_read(line: bytes):
    octets = b"From: a@b.example\nContent-Type: text/plain\n\n" + line + b"\nwrote"
    began = time.process_time()
    read_letter(octets, "a@b.example")

    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("charset", [b"no-such", b"utf-8\0", b"\xff", b"idna", b"undefined"])
def test_a_charset_that_nobody_has_reads_as_what_it_mostly_is(charset: bytes):
    octets = b"From: a@b.example\nContent-Type: text/plain; charset=" + charset + b"\n\nNO\n"

    assert read_letter(octets, "a@b.example").text == "NO"


def test_parts_that_lie_too_deep_are_not_looked_at():
    letter = read_letter(nested("reply@acme.example"), "a@b.example")

    assert (letter.text, letter.subject) == ("", "x")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_no_octets_crash_it(octets: bytes):
    letter = read_letter(octets, "")

    assert letter.is_automatic


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "From",
                    "To",
                    "Subject",
                    "Content-Type",
                    "Content-Transfer-Encoding",
                    "Message-ID",
                    "Auto-Submitted",
                    "Precedence",
                    "MIME-Version",
                ]
            ),
            st.text(max_size=80),
        ),
        max_size=8,
    ),
    st.text(max_size=400),
)
def test_no_headers_crash_it(headers: list[tuple[str, str]], body: str):
    lines = "".join(f"{name}: {value}\n" for name, value in headers)

    read_letter(f"{lines}\n{body}".encode("utf-8", "surrogatepass"), "a@b.example")
