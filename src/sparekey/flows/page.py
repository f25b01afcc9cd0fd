"""The page that describes every kind of node, made from their files."""

import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from sparekey.flows.contract import Node
from sparekey.flows.kinds import registry

_HEAD = """# Nodes

Written by `sparekey flows nodes`; edit the nodes' own files, not this page.
"""


def reference() -> str:
    """`docs/reference/nodes.md`."""
    parts = [_HEAD]
    for plugin in registry.plugins():
        node = registry.get(plugin.name)
        words = (sys.modules[plugin.module.partition(":")[0]].__doc__ or "").partition(">>>")[0]
        parts += [f"## {plugin.name}", "", node.about, "", words.strip(), ""]
        parts += [*_traits(node), *_settings(node)]
    return "\n".join(parts).rstrip() + "\n"


def _traits(node: Node[Any]) -> Iterator[str]:
    said = [
        (node.is_start, "It begins runs."),
        (node.waits, "It waits, so a loop may lead through it."),
        (node.needs_proof, "It stands behind the proven exit of a check only."),
        (node.proven_by is not None, f"Only a proof leads out by `{node.proven_by}`."),
    ]
    found = [words for is_so, words in said if is_so]
    if found:
        yield " ".join(found)
        yield ""


def _settings(node: Node[Any]) -> Iterator[str]:
    fields = msgspec.structs.fields(node.settings)
    if not fields:
        return
    schema = msgspec.json.schema(node.settings)["$defs"][node.settings.__name__]["properties"]
    yield "| setting | takes | unless said |"
    yield "|---|---|---|"
    for field in fields:
        name = field.encode_name
        yield f"| `{name}` | {_takes(schema[name])} | {_default(field)} |"
    yield ""


def _takes(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"one `{schema['$ref'].rpartition('/')[2]}`"
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_takes(one) for one in schema["anyOf"])
    kind = {"integer": "a number", "string": "a text", "boolean": "true or false"}.get(
        schema.get("type", ""), "nothing" if schema.get("type") == "null" else ""
    )
    match schema.get("type"):
        case "array":
            return f"a list of {_takes(schema['items'])}"
        case "object":
            return f"names, each with {_takes(schema['additionalProperties'])}"
        case "integer":
            return f"{kind} from {schema.get('minimum')} to {schema.get('maximum')}"
        case _:
            return kind


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "has to be said"
    if field.default_factory is not msgspec.NODEFAULT:
        return "none"
    return "none" if field.default is None else f"`{field.default}`"
