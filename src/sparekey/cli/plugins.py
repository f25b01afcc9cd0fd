"""`sparekey plugins`: everything that one file added, and where that file is from."""

from typing import Any

from rich import print as show
from rich.table import Table

from sparekey import accounts, flows, gateways, guard, templates
from sparekey.kit.registry import Registry


def list_plugins() -> None:
    """Show each registry's plug-ins; nothing is imported for it."""
    kinds: dict[str, Registry[Any]] = {
        "wire": gateways.KINDS,
        "guard rule": guard.RULES,
        "template": templates.registry,
        "flow node": flows.registry,
        "password hash": accounts.HASH_FAMILIES,
    }
    table = Table("kind", "name", "from")
    for kind, registry in kinds.items():
        for plugin in registry.plugins():
            table.add_row(kind, plugin.name, plugin.source)
    show(table)
