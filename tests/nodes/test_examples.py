"""Every node does what the example in its docstring says, and has one."""

import doctest
from importlib import import_module

import pytest

from sparekey import flows
from sparekey.flows.page import reference
from tests.structure.tree import ROOT


@pytest.mark.parametrize("kind", flows.registry.names())
def test_the_example_of_a_node_holds(kind: str) -> None:
    module = import_module(flows.registry.package + "." + kind)

    result = doctest.testmod(module)

    assert result.attempted >= 2
    assert result.failed == 0


@pytest.mark.parametrize("kind", flows.registry.names())
def test_a_node_says_what_it_is_for_and_how_it_is_set(kind: str) -> None:
    node = flows.registry.get(kind)

    assert node.about.endswith((".", "?", "}/runs."))
    assert kind in flows.json_schema()["$defs"]["Placed"]["properties"]["kind"]["enum"]


def test_the_reference_page_is_what_the_nodes_say() -> None:
    assert (ROOT / "docs" / "reference" / "nodes.md").read_text() == reference()
