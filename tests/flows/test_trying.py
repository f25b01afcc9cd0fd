"""Trying a drawing: the real engine, played people, a clock that jumps, and what may go wrong."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from sparekey import flows
from sparekey.flows import Fault, Move, ready
from tests.flows.drawing import ASKING, TEXT_THEN_MAIL, graph


def play(name: str, **changes: object) -> flows.Played:
    """The try of a ready-made flow, changed."""
    import msgspec

    script = msgspec.structs.replace(ready.script(name), **changes)
    return flows.play(flows.read(ready.document(name))[0], script)


def ways(played: flows.Played) -> list[str]:
    """The path in words."""
    return [f"{one.node}.{one.exit}" for one in played.path]


@pytest.mark.parametrize("name", ready.names())
def test_a_ready_made_flow_has_no_fault_and_its_try_comes_to_a_good_end(name: str) -> None:
    document = ready.document(name)

    played = play(name)

    assert list(flows.check(document).findings) == []
    assert document.name == name
    assert played.stuck is None
    assert played.outcome is not None


@pytest.mark.parametrize("name", ready.names())
def test_a_ready_made_flow_comes_to_an_end_whatever_goes_wrong(name: str) -> None:
    for fault in Fault:
        assert play(name, faults=[fault]).outcome is not None
    assert play(name, moves=[]).outcome is not None


def test_a_right_code_sends_the_password_for_one_sign_in() -> None:
    played = play("reset_by_text")

    assert ways(played)[-3:] == ["check.proven", "factor.otherwise", "password.sent"]
    assert played.messages == [
        "sms recovery_code to challenge",
        "sms one_time_password to challenge",
    ]
    assert played.outcome == "back_in"


def test_an_account_with_a_second_factor_is_told_the_way() -> None:
    played = play("reset_by_text", facts={"second_factor": "yes"})

    assert "sms one_time_password to challenge" not in played.messages
    assert played.outcome == "shown_the_way"


def test_three_wrong_codes_open_a_ticket() -> None:
    wrong = [Move(code="wrong")] * 3
    played = play("reset_by_text", moves=wrong)

    assert ways(played)[-1] == "support.handed"
    assert played.outcome == "handed_over"


def test_nobody_who_answers_gets_the_contacts_when_the_time_is_over() -> None:
    played = play("reset_by_text", moves=[])

    assert (played.outcome, played.seconds) == ("unanswered", 600)
    assert played.messages[-1].split()[1:] == ["help", "to", "account"]


def test_the_first_code_is_wrong_when_that_is_the_fault() -> None:
    right = [Move(code="right"), Move(code="right")]
    played = play("reset_by_code", moves=right, faults=[Fault.WRONG_CODE])

    assert [way for way in ways(played) if way.startswith("check")] == [
        "check.wrong",
        "check.proven",
    ]


def test_what_is_told_twice_counts_once() -> None:
    assert ways(play("reset_by_text", faults=[Fault.DUPLICATE])) == ways(play("reset_by_text"))


@pytest.mark.parametrize(
    ("fault", "exit", "after"),
    [
        (None, "delivered", 2),
        (Fault.NO_RECEIPT, "no_receipt", 60),
        (Fault.LATE_RECEIPT, "no_receipt", 60),
        (Fault.UNDELIVERED, "undelivered", 2),
    ],
)
def test_a_receipt_comes_late_or_never(fault: Fault | None, exit: str, after: int) -> None:
    message = {"template": "recovery_code", "channel": "sms", "receipt_within": 60}
    ends = {name: name for name in ("delivered", "undelivered", "no_receipt")}
    of = graph(
        {
            "begin": ("start_api", {}, {"then": "send"}),
            "send": ("send", message, ends),
            **{name: ("finish", {"outcome": name}, {}) for name in ends},
        }
    )

    played = flows.play(of, flows.Script(faults=[] if fault is None else [fault]))

    assert (played.outcome, played.seconds) == (exit, after)


@pytest.mark.parametrize(
    ("faults", "outcome", "after"),
    [
        ([], "delivered", 2 + 2),
        ([Fault.DUPLICATE], "delivered", 2 + 2),
        # The text's comes at 300 s, in the middle of the second wait: the email's own at 360.
        ([Fault.LATE_RECEIPT], "delivered", 60 + 300),
        ([Fault.LATE_RECEIPT, Fault.UNDELIVERED], "undelivered", 60 + 300),
        ([Fault.LATE_RECEIPT, Fault.DUPLICATE], "delivered", 60 + 300),
    ],
)
def test_a_receipt_of_one_message_says_nothing_of_the_next(
    faults: list[Fault], outcome: str, after: int
) -> None:
    played = flows.play(graph(TEXT_THEN_MAIL), flows.Script(faults=faults))

    assert (played.outcome, played.seconds) == (outcome, after)


def test_a_reply_that_comes_twice_answers_one_question() -> None:
    asks = {"seconds": 600, "replies": {"fine": ["fine"]}}
    of = graph(
        {
            "begin": ("start_api", {}, {"then": "first"}),
            "first": ("wait_for_reply", asks, {"fine": "then", "other": "end", "no_reply": "end"}),
            "then": ("wait_for_reply", asks, {"fine": "end", "other": "end", "no_reply": "late"}),
            "end": ("finish", {"outcome": "end"}, {}),
            "late": ("finish", {"outcome": "late"}, {}),
        }
    )
    script = flows.Script(moves=[Move(reply="fine")], faults=[Fault.DUPLICATE])

    assert flows.play(of, script).outcome == "late"


def test_who_is_this_is_no_answer_of_the_drawing() -> None:
    moves = [Move(after=30, reply="fine")]
    script = flows.Script(moves=moves, faults=[Fault.WHO_IS_THIS])

    assert flows.play(graph(ASKING), script).outcome == "unknown"


@pytest.mark.parametrize("name", ready.names())
def test_a_ready_made_flow_shows_the_words_that_people_get(name: str) -> None:
    played = play(name)
    said = [one.what for one in played.lines if one.who == "us" and one.what.startswith("by ")]

    assert len(said) >= len(played.messages) > 0
    assert all("Acme" in one and "{" not in one for one in said)


def test_a_try_begins_when_it_is_told_to() -> None:
    night = {"of": "time", "cases": [{"exit": "night", "from": "22:00", "to": "06:00"}]}
    of = graph(
        {
            "begin": ("start_api", {}, {"then": "when"}),
            "when": ("branch", night, {"night": "dark", "otherwise": "light"}),
            "dark": ("finish", {"outcome": "dark"}, {}),
            "light": ("finish", {"outcome": "light"}, {}),
        }
    )
    late = flows.Script(begins_at=datetime.fromisoformat("2026-03-04T23:00:00+00:00"))

    assert flows.play(of, late).outcome == "dark"
    assert flows.play(of, flows.Script()).outcome == "light"


@pytest.mark.parametrize("name", ready.names())
def test_a_ready_made_flow_has_a_picture_with_every_node_and_way(name: str) -> None:
    page = Path(__file__).parents[2].joinpath("docs/guides/ready-made-flows.md").read_text()
    picture = page.partition(f"\n## {name}\n")[2].partition("```mermaid")[2].partition("```")[0]
    drawn = {line.strip() for line in picture.splitlines()}
    arrows = {re.sub(r" -- .* -->", " -->", line) for line in drawn if "-->" in line}

    nodes = ready.document(name).nodes
    assert {re.sub(r"\W.*", "", line) for line in drawn if line.startswith("n_")} == {
        f"n_{one.id}" for one in nodes
    }
    assert arrows == {f"n_{one.id} --> n_{to}" for one in nodes for to in one.exits.values()}


def test_a_second_code_is_not_shown_where_none_would_be_sent() -> None:
    code = {"template": "recovery_code", "channel": "sms"}
    check = {"proven": "in", "wrong": "check", "exhausted": "again", "no_answer": "again"}
    of = graph(
        {
            "begin": ("start_api", {}, {"then": "send"}),
            "send": ("send", code, {"sent": "check"}),
            "check": ("check_code", {"seconds": 900}, check),
            "again": ("send", code, {"sent": "check", "over": "late"}),
            "in": ("finish", {"outcome": "in"}, {}),
            "late": ("finish", {"outcome": "late"}, {}),
        }
    )
    wrong = flows.play(of, flows.Script(moves=[Move(code="wrong")] * 3))
    quiet = flows.play(of, flows.Script())

    for played in (wrong, quiet):
        assert (played.outcome, played.messages) == ("late", ["sms recovery_code to challenge"])
