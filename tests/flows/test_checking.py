"""What is wrong with a drawing is said by node, code and a sentence, before anybody meets it."""

import sys
from typing import Any

import pytest

from sparekey import flows
from sparekey.flows import kinds
from sparekey.kit.registry import Registry
from tests.flows.drawing import ASKING, Drawn, Placed, drawn

END: Drawn = {"end": ("finish", {"outcome": "over"}, {})}
START: Placed = ("start_api", {}, {"then": "a"})
CODE = {"template": "recovery_code", "channel": "sms"}


def codes(nodes: Drawn) -> set[tuple[str | None, str]]:
    """Where something is wrong, and what."""
    return {(one.node, one.code) for one in flows.check(drawn(nodes)).findings}


def test_a_drawing_without_a_fault_has_no_finding() -> None:
    assert codes(ASKING) == set()


FAULTS: list[tuple[Drawn, set[tuple[str | None, str]]]] = [
    ({}, {(None, "flow.no_start"), (None, "flow.no_finish")}),
    ({"s": ("start_api", {}, {"then": "end"}), **END}, set()),
    ({"s": ("start_api", {}, {}), **END}, {("s", "exit.open"), ("end", "node.unreachable"),
        ("s", "node.endless")}),
    ({"s": ("start_api", {}, {"then": "nowhere"}), **END}, {("s", "exit.dangling"),
        ("end", "node.unreachable"), ("s", "node.endless")}),
    ({"s": ("start_api", {}, {"then": "end", "else": "end"}), **END}, {("s", "exit.unknown")}),
    ({"s": START, "a": ("teleport", {}, {"then": "end"}), **END}, {("a", "node.unknown")}),
    ({"s": START, "a": ("wait", {"seconds": 0}, {"then": "end"}), **END},
        {("a", "node.settings")}),
    ({"s": START, "a": ("wait", {"second": 9}, {"then": "end"}), **END},
        {("a", "node.settings")}),
    ({"s": START, "a": ("wait", {"seconds": 9}, {"then": "a"}), **END},
        {("a", "node.endless"), ("s", "node.endless"), ("end", "node.unreachable")}),
    ({"s": START, "t": START, "a": ("finish", {"outcome": "over"}, {})},
        {("t", "start.twice")}),
    ({"s": START, "a": ("split", {"shares": {"x": 50, "y": 50}}, {"x": "a", "y": "end"}),
        **END}, {("a", "flow.loop")}),
    ({"s": START, "a": ("send", {**CODE, "to": "account"}, {"sent": "end"}), **END},
        {("a", "send.code_leaves")}),
    ({"s": START, "a": ("send", {"template": "lies"}, {"sent": "end"}), **END},
        {("a", "send.no_template")}),
    ({"s": ("start_keyword", {"words": ["Stop"]}, {"then": "end"}), **END},
        {("s", "word.reserved")}),
    ({"s": START, "a": ("wait_for_reply", {"replies": {"sure": ["Yes!"]}},
        {"sure": "end", "other": "end", "no_reply": "end"}), **END}, {("a", "word.reserved")}),
    ({"s": START, "a": ("webhook", {"url": "http://x.example"},
        {"other": "end", "failed": "end"}), **END}, {("a", "webhook.url")}),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "found"), FAULTS)
def test_a_fault_is_found_where_it_is(nodes: Drawn, found: set[tuple[str | None, str]]) -> None:
    assert codes(nodes) == found


PROVEN = {"proven": "unlock", "wrong": "check", "exhausted": "end", "no_answer": "end"}
UNLOCK = ("unlock", {"reason": "proven"}, {"done": "end"})


def test_what_needs_proof_stands_behind_a_proven_exit() -> None:
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "check"}),
        "check": ("check_code", {}, PROVEN),
        "unlock": UNLOCK,
        **END,
    }

    assert codes(nodes) == set()


@pytest.mark.parametrize("exit", ["wrong", "exhausted", "no_answer"])
def test_any_way_around_the_proof_is_found(exit: str) -> None:
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "check"}),
        "check": ("check_code", {}, {**PROVEN, exit: "unlock"}),
        "unlock": UNLOCK,
        **END,
    }

    assert ("unlock", "proof.missing") in codes(nodes)


def test_a_way_around_the_proof_by_another_start_is_found() -> None:
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "check"}),
        "t": ("start_page", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 1}, {"then": "unlock"}),
        "check": ("check_code", {}, PROVEN),
        "unlock": UNLOCK,
        **END,
    }

    assert codes(nodes) == {("unlock", "proof.missing")}


def test_two_checks_may_prove_the_same() -> None:
    again = {"proven": "unlock", "wrong": "end", "exhausted": "end", "no_answer": "end"}
    nodes: Drawn = {
        "s": ("start_api", {}, {"then": "check"}),
        "check": ("check_code", {}, {**PROVEN, "no_answer": "second"}),
        "second": ("check_code", {}, again),
        "unlock": UNLOCK,
        **END,
    }

    assert codes(nodes) == set()


def long_flow(length: int, *, every: int | None = None) -> Drawn:
    """A chain of branches, with a wait after every so many."""
    nodes: dict[str, Placed] = {"s": ("start_api", {}, {"then": "n0"})}
    for number in range(length):
        after = f"n{number + 1}" if number + 1 < length else "end"
        if every and number % every == every - 1:
            nodes[f"n{number}"] = ("wait", {"seconds": 5}, {"then": after})
        else:
            cases = [{"exit": "de", "is": ["de"]}, {"exit": "fr", "is": ["fr"]}]
            settings = {"of": "language", "cases": cases}
            ways = {"de": after, "fr": after, "otherwise": after}
            nodes[f"n{number}"] = ("branch", settings, ways)
    return {**nodes, **END}


def test_two_hundred_nodes_in_one_breath_are_enough() -> None:
    assert codes(long_flow(198)) == set()
    assert {code for _, code in codes(long_flow(260))} == {"flow.breathless"}
    assert codes(long_flow(260, every=20)) == set()


def test_a_flow_of_300_nodes_has_no_finding() -> None:
    document = drawn(long_flow(298, every=10))

    assert len(document.nodes) == 300
    assert flows.check(document).findings == []


def test_a_node_file_that_cannot_be_imported_is_named_and_the_others_load(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "strange_nodes"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "broken.py").write_text("raise ValueError('not today')\n")
    (folder / "fine.py").write_text("from sparekey.nodes.kinds.finish import node\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    monkeypatch.setattr(
        kinds,
        "registry",
        Registry[flows.Node[Any]]("strange_nodes", "sparekey.none", declares="node", of=flows.Node),
    )

    loaded, broken = flows.usable()

    assert list(loaded) == ["fine"]
    assert list(broken) == ["broken"]
    assert "strange_nodes.broken" in broken["broken"]
