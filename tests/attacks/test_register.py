"""No attack is forgotten: each has a test that plays it, or a reason why none can."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.attacks.register import ATTACKS

TESTS = Path(__file__).parents[1]


@cache
def played() -> dict[str, list[str]]:
    """For each attack the tests that are marked with it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for attack in _named(node):
                    found[attack].append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _named(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        str(ast.literal_eval(argument))
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "covers"
        for argument in mark.args
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_has_a_test_or_a_reason(attack: str):
    entry, tests = ATTACKS[attack], played().get(attack)

    if entry.reason is not None:
        assert not tests, "it is played: take the reason out"
    elif entry.held_by is not None:
        path, _, test = entry.held_by.partition("::")
        assert f"def {test}(" in (TESTS / path).read_text()
    else:
        assert tests, f"nothing plays {attack}: {entry.line}"


def test_the_register_is_whole():
    assert list(ATTACKS) == [f"T-{number:02}" for number in range(1, 40)]
