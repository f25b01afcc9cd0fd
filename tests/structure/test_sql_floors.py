"""SQL has floors too: a package's statements and functions use its own schema and lower ones."""

import pytest

from tests.structure.floors import floors
from tests.structure.sql import bare_names, crossings, everything, sql, statements_of, strays
from tests.structure.tree import Module


def test_sql_uses_its_own_schema_and_lower_ones() -> None:
    assert list(crossings(everything(), floors())) == []


def test_a_package_creates_in_its_own_schema_only() -> None:
    assert list(strays(everything())) == []


def test_every_name_of_ours_carries_its_schema() -> None:
    assert list(bare_names(everything())) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 FROM verification.verification",
        "CREATE FUNCTION guard.f() RETURNS void LANGUAGE sql AS $$ SELECT outbox.enqueue(); $$;",
    ],
)
def test_a_use_that_goes_up_is_seen(text: str) -> None:
    assert list(crossings([sql("guard", "here", text)], floors()))


def test_a_statement_is_read_whole_when_it_is_joined() -> None:
    text = 'A: LiteralString = "SELECT 1 FROM"\nB = statement(A + " outbox.message")'
    module = Module.of("sparekey.guard.store", text)

    assert list(crossings(statements_of(module), floors()))


def test_a_statement_that_cannot_be_read_where_it_stands_is_refused() -> None:
    module = Module.of("sparekey.guard.store", "B = statement(elsewhere)")

    with pytest.raises(ValueError, match="cannot be read"):
        list(statements_of(module))


def test_words_in_quotes_and_comments_are_not_uses() -> None:
    text = "SELECT 'recovery.requested' -- as recovery.recovery says\n"

    assert not list(crossings([sql("guard", "here", text)], floors()))


def test_a_table_in_a_foreign_schema_is_seen() -> None:
    assert list(strays([sql("guard", "here", "CREATE TABLE outbox.message (id uuid)")]))
    assert list(strays([sql("guard", "here", "CREATE TABLE ledger (id uuid)")]))


@pytest.mark.parametrize(
    "text",
    ["SELECT 1 FROM ledger", "UPDATE ledger SET a = 1", "SELECT hold(1)", "PERFORM hold (1)"],
)
def test_a_name_without_its_schema_is_seen(text: str) -> None:
    made = sql("guard", "made", "CREATE TABLE guard.ledger (); CREATE FUNCTION guard.hold()")

    assert list(bare_names([made, sql("guard", "here", text)]))
    assert not list(bare_names([made]))
