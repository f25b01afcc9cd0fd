"""The kinds of nodes that are installed: one file each, found by name; a broken one is named."""

from functools import cache
from typing import Any

import msgspec

from sparekey.flows.contract import Node
from sparekey.flows.model import Document
from sparekey.kit.registry import BrokenPlugin, Registry

#: The folder is named, not imported: the engine stands below whatever its nodes use.
registry: Registry[Node[Any]] = Registry(
    "sparekey.nodes.kinds", "sparekey.nodes", declares="node", of=Node
)


def usable() -> tuple[dict[str, Node[Any]], dict[str, str]]:
    """Every kind that loads, and why each of the others does not."""
    loaded: dict[str, Node[Any]] = {}
    broken: dict[str, str] = {}
    for name in registry.names():
        try:
            loaded[name] = registry.get(name)
        except BrokenPlugin as error:
            broken[name] = str(error)
    return loaded, broken


def settings_schema(node: Node[Any]) -> dict[str, Any]:
    """The JSON Schema of one kind's settings (draft 2020-12)."""
    schema = msgspec.json.schema(node.settings)
    _add_rules(node, schema["$defs"])
    return schema


def _add_rules(node: Node[Any], parts: dict[str, Any]) -> None:
    if node.settings.rules:
        parts[node.settings.__name__]["allOf"] = list(node.settings.rules)


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema of a document, with the settings of every kind of node (draft 2020-12)."""
    kinds, _ = usable()
    names = list(kinds)
    (shape, *settings), parts = msgspec.json.schema_components(
        [Document, *(kinds[name].settings for name in names)], ref_template="#/$defs/{name}"
    )
    for kind in kinds.values():
        _add_rules(kind, parts)
    placed = parts["Placed"]
    placed["properties"]["kind"] = {"enum": names}
    placed["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": name}}},
            "then": {"properties": {"settings": described}},
        }
        for name, described in zip(names, settings, strict=True)
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sparekey flow",
        **shape,
        "$defs": parts,
    }
