"""Receipts are read in all the dialects that carriers write them in, and nobody can write one."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.gateways import Incoming, Outcome, Raw, Report, Unreadable
from sparekey.gateways.wires.smpp import fields, hearing, receipts
from sparekey.gateways.wires.smpp.pdu import Address, Command, Message, Pdu
from tests.gateways.smpp.texting import AT, settings

CARRIER = Address(1, 1, "4915112345678")
US = Address(3, 0, "12345")
DELIVERED, UNDELIVERED = Outcome.DELIVERED, Outcome.UNDELIVERED
EXPIRED, FAILED, SENT = Outcome.EXPIRED, Outcome.FAILED, Outcome.SENT


def receipt(text: bytes = b"", *optional: tuple[int, bytes], **changes: int) -> Raw:
    """A stored receipt with this text and these parameters."""
    plain = Message(CARRIER, US, short=text, esm_class=4, optional=optional)
    message = replace(plain, **changes)
    return Raw("DELIVER_SM", "", (), Pdu(Command.DELIVER_SM, 0, 1, message.encode()).encode(), AT)


def report(given: Raw, **told: str) -> Report:
    """The one report in it."""
    (found,) = hearing.read(settings(**told), given)
    assert isinstance(found, Report)
    return found


DIALECTS = [
    (b"id:7f3a sub:001 dlvrd:001 submit date:2603041200 done date:2603041201 stat:DELIVRD err:000"
     b" text:Acme", "7f3a", DELIVERED, "000"),
    (b"id:7f3a sub:001 dlvrd:000 submit date:260304120000 done date:260304120105 stat:UNDELIV"
     b" err:045 text:", "7f3a", UNDELIVERED, "045"),
    (b"ID:7F3A SUB:001 DLVRD:001 SUBMIT DATE:2603041200 DONE DATE:2603041201 STAT:DELIVRD ERR:000"
     b" TEXT:x", "7F3A", DELIVERED, "000"),
    (b"id:7f3a sub:001 dlvrd:001 submit date:2603041200 done date:2603041201 stat:DELIVRD err:000"
     b" Text:id:9999 stat:EXPIRED", "7f3a", DELIVERED, "000"),
    (b"stat:EXPIRED id:7f3a err:1", "7f3a", EXPIRED, "1"),
    (b"id:7f3a stat:REJECTD", "7f3a", FAILED, ""),
    (b"id:7f3a stat:DELETED err:0", "7f3a", FAILED, "0"),
    (b"id:7f3a stat:ACCEPTD err:000", "7f3a", SENT, "000"),
    (b"id:7f3a stat:ENROUTE err:000", "7f3a", SENT, "000"),
    (b"id:7f3a stat:UNKNOWN err:000", "7f3a", SENT, "000"),
    (b"id:7f3a stat:BUFFRED err:000", "7f3a", SENT, "000"),
    (b"id:7f3a stat:DELIVERED err:0", "7f3a", DELIVERED, "0"),
    (b"id:7f3a stat:Undeliverable err:21", "7f3a", UNDELIVERED, "21"),
    (b"id:7f3a stat:FAILED err:21", "7f3a", FAILED, "21"),
    (b"id: 7f3a sub: 001 stat: DELIVRD err: 000", "7f3a", DELIVERED, "000"),
    (b"id:7f3a,sub:001,stat:DELIVRD,err:000", "7f3a", DELIVERED, "000"),
    (b"id=7f3a stat=DELIVRD err=000", "7f3a", DELIVERED, "000"),
    (b"id:7f3a submit_date:2603041200 done_date:2603041201 stat:DELIVRD", "7f3a", DELIVERED, ""),
    (b"id:7f3a submitdate:2603041200 donedate:20260304120105 stat:DELIVRD", "7f3a", DELIVERED, ""),
    (b"id:0123-ab_c@x stat:DELIVRD err:000", "0123-ab_c@x", DELIVERED, "000"),
    (b"id:'7f3a' stat:DELIVRD", "7f3a", DELIVERED, ""),
    (b"id:7f3a\r\nstat:DELIVRD\r\nerr:000\r\n", "7f3a", DELIVERED, "000"),
    (b"id:7f3a stat:2 err:0", "7f3a", DELIVERED, "0"),
    (b"text:Acme sub:1 id:7f3a stat:DELIVRD err:7", "7f3a", DELIVERED, "7"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ref", "outcome", "reason"), DIALECTS)
def test_a_receipt_is_read_by_its_text(
    text: bytes, ref: str, outcome: Outcome, reason: str
) -> None:
    found = report(receipt(text))

    assert (found.ref, found.outcome, found.reason) == (ref, outcome, reason)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (1, SENT), (2, DELIVERED), (3, EXPIRED), (4, FAILED), (5, UNDELIVERED),
        (6, SENT), (7, SENT), (8, FAILED),
    ],
)  # fmt: skip
def test_a_receipt_is_read_by_its_parameters(state: int, outcome: Outcome) -> None:
    found = report(
        receipt(
            b"",
            (fields.RECEIPTED_ID, b"7f3a\0"),
            (fields.MESSAGE_STATE, bytes((state,))),
            (fields.NETWORK_ERROR, b"\x03\x00\x15"),
        )
    )

    assert (found.ref, found.outcome, found.reason) == ("7f3a", outcome, "3-21")


def test_parameters_win_over_the_text() -> None:
    text = b"id:0 stat:UNDELIV err:000"
    found = report(receipt(text, (fields.RECEIPTED_ID, b"7f3a"), (fields.MESSAGE_STATE, b"\2")))

    assert (found.ref, found.outcome) == ("7f3a", DELIVERED)


def test_a_receipt_without_its_type_is_known_by_its_parameters() -> None:
    told = (fields.RECEIPTED_ID, b"7f3a"), (fields.MESSAGE_STATE, b"\5")

    assert report(receipt(b"", *told, esm_class=0)).outcome == UNDELIVERED


@pytest.mark.parametrize("esm_class", [0x04, 0x07, 0x20])
def test_receipts_and_notices_between_are_known_by_their_type(esm_class: int) -> None:
    assert report(receipt(b"id:7f3a stat:ENROUTE", esm_class=esm_class)).outcome == SENT


def test_a_receipt_may_be_written_in_ucs2_or_carried_as_payload() -> None:
    text = "id:7f3a stat:DELIVRD"
    wide = receipt(text.encode("utf-16-be"), data_coding=8)
    payload = receipt(b"", (fields.PAYLOAD, text.encode()))

    assert report(wide) == report(payload) == report(receipt(text.encode()))


def test_what_a_person_writes_is_no_receipt() -> None:
    (found,) = hearing.read(settings(), receipt(b"id:7f3a stat:DELIVRD err:000", esm_class=0))

    assert isinstance(found, Incoming)
    assert found.text.startswith("id:7f3a")


@pytest.mark.parametrize("text", [b"", b"id:7f3a", b"stat:DELIVRD", b"id:7f3a stat:X", b"\xff"])
def test_a_receipt_that_says_nothing_is_not_read(text: bytes) -> None:
    with pytest.raises(Unreadable):
        hearing.read(settings(), receipt(text))


@pytest.mark.parametrize(
    ("submit_ids", "receipt_ids", "answered", "receipted"),
    [
        ("text", "text", "0a-7F", "0a-7F"),
        ("hex", "decimal", "0001E240", "123456"),
        ("decimal", "hex", "123456", "1e240"),
        ("hex", "hex", "1E240", "0001e240"),
        ("decimal", "decimal", "123456", "0000123456"),
    ],
)
def test_ids_are_the_same_however_they_are_written(
    submit_ids: str, receipt_ids: str, answered: str, receipted: str
) -> None:
    told = {"submit_ids": submit_ids, "receipt_ids": receipt_ids}
    found = report(receipt(f"id:{receipted} stat:DELIVRD".encode()), **told)

    assert found.ref == settings(**told).profile.submitted(answered)


def test_ids_that_are_no_numbers_stay_as_they_are() -> None:
    profile = settings(profile="hex-ids").profile

    assert profile.submitted("ab-12") == "ab-12"
    assert profile.receipted("zz") == "zz"
    assert profile.submitted(" 1E240 ") == profile.receipted("123456")


@pytest.mark.parametrize("digits", ["2603041201", "260304120100", "20260304120100"])
def test_times_are_those_of_the_zone_that_the_carrier_has(digits: str) -> None:
    text = f"id:7f3a done date:{digits} stat:DELIVRD".encode()
    there = datetime(2026, 3, 4, 12, 1, tzinfo=ZoneInfo("Asia/Tokyo"))

    assert report(receipt(text)).at is None
    assert report(receipt(text), time_zone="Asia/Tokyo").at == there
    assert there.astimezone(UTC).hour == 3


def test_a_time_that_is_none_is_left_out() -> None:
    text = b"id:7f3a done date:9999999999 stat:DELIVRD"

    assert report(receipt(text), time_zone="UTC").at is None


@pytest.mark.parametrize(
    ("form", "text", "ref"),
    [
        ("{id},{},{stat},{err}", b"7f3a,x,DELIVRD,5", "7f3a"),
        ("{stat}|{id}|{err}|{done}", b"DELIVRD|7f3a|5|2603041201", "7f3a"),
        ("Message {id} is {stat} ({err})", b"Message 7f3a is Delivered (5)", "7f3a"),
    ],
)
def test_a_carriers_own_form_is_read_as_the_settings_say(form: str, text: bytes, ref: str) -> None:
    found = report(receipt(text), receipt_form=form)

    assert (found.ref, found.outcome, found.reason) == (ref, DELIVERED, "5")


@pytest.mark.parametrize("form", ["", "{id}", "{id}{stat}", "{id},{id},{stat}", "id stat"])
def test_a_form_that_cannot_be_read_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="takes"):
        receipts.form(form)


def test_a_form_reads_in_time_proportional_to_the_text() -> None:
    hostile = ("a," * 500).encode()[:254]
    with pytest.raises(Unreadable):
        hearing.read(settings(receipt_form="{id},{},{},{},{},{stat};"), receipt(hostile))


@given(
    st.binary(max_size=254),
    st.lists(
        st.tuples(
            st.sampled_from(
                [fields.RECEIPTED_ID, fields.MESSAGE_STATE, fields.NETWORK_ERROR, fields.PAYLOAD]
            ),
            st.binary(max_size=40),
        ),
        max_size=4,
    ).map(tuple),
    st.integers(0, 255),
    st.integers(0, 255),
)
def test_no_octets_break_reading(
    text: bytes, optional: tuple[tuple[int, bytes], ...], esm_class: int, data_coding: int
) -> None:
    given_raw = receipt(text, *optional, esm_class=esm_class, data_coding=data_coding)
    try:
        found = hearing.read(settings(time_zone="UTC"), given_raw)
    except Unreadable:
        return
    assert len(found) <= 1
