"""One file to add one thing: plug-ins found by their file's name and imported on first use.

A plug-in is a module (or folder) in a package, or an entry point of an installed distribution,
that holds its declaration under one agreed name: `template = Template(…)`. Listing imports
nothing; names that begin with an underscore are the folder's own business.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Generic, TypeVar

from sparekey.kit.outlived import place

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Declaration = TypeVar("Declaration")


class UnknownPlugin(LookupError):
    """No plug-in has this name; the message lists those that exist."""


class BrokenPlugin(Exception):
    """A plug-in cannot be used as it stands; the message says what its author has to do."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in that was found but not imported: its name, module and where that comes from."""

    name: str
    module: str
    source: str


class Registry(Generic[Declaration]):
    """The plug-ins of `package` and of the entry-point `group`.

    Each declares itself as the module attribute `declares`, an instance of `of`. An entry point
    may name the module (`acme_sms`) or the declaration in it (`acme_sms:wire`).
    """

    def __init__(self, package: str, group: str, *, declares: str, of: type[Declaration]) -> None:
        self.package = package
        self.group = group
        self.declares = declares
        self.of = of
        self._loaded: dict[str, Declaration] = {}

    def names(self) -> tuple[str, ...]:
        """Every plug-in's name, sorted, nothing imported; BrokenPlugin when two share one."""
        return tuple(self._found)

    def plugins(self) -> tuple[Plugin, ...]:
        """What was found and where, sorted by name, nothing imported."""
        return tuple(self._found.values())

    def get(self, name: str) -> Declaration:
        """The declaration of one plug-in; UnknownPlugin or BrokenPlugin."""
        if name not in self._loaded:
            self._loaded[name] = self._declaration(self._plugin(name))
        return self._loaded[name]

    def all(self) -> dict[str, Declaration]:
        """Every declaration by name; imports them all."""
        return {name: self.get(name) for name in self.names()}

    @cached_property
    def _found(self) -> dict[str, Plugin]:
        found: dict[str, Plugin] = {}
        for plugin in [*self._in_the_package(), *self._installed()]:
            clash = found.setdefault(plugin.name, plugin)
            if clash is not plugin:
                raise BrokenPlugin(
                    f"{self.package}: {clash.source} and {plugin.source} both add "
                    f'"{plugin.name}"; rename or uninstall one of them'
                )
        return dict(sorted(found.items()))

    def _in_the_package(self) -> list[Plugin]:
        spec = find_spec(self.package)
        if spec is None or spec.submodule_search_locations is None:
            raise BrokenPlugin(f"{self.package} is not a package")
        return [
            Plugin(module.name, f"{self.package}.{module.name}", self.package)
            for module in pkgutil.iter_modules(spec.submodule_search_locations)
            if not module.name.startswith("_")
        ]

    def _installed(self) -> list[Plugin]:
        from importlib.metadata import entry_points  # 20 ms that a registry unused need not pay

        return [
            Plugin(point.name, point.value, _distribution(point))
            for point in entry_points(group=self.group)
        ]

    def _plugin(self, name: str) -> Plugin:
        if name not in self._found:
            known = ", ".join(self.names()) or "none"
            raise UnknownPlugin(f'{self.package} has no "{name}"; there are: {known}')
        return self._found[name]

    def _declaration(self, plugin: Plugin) -> Declaration:
        path, _, attribute = plugin.module.partition(":")
        attribute = attribute.strip() or self.declares
        try:
            module = importlib.import_module(path.strip())
        except ImportError as error:
            raise BrokenPlugin(f"{path} cannot be imported: {error}") from error
        except Exception as error:  # whatever its author's code raises is its author's to see
            what = f"{type(error).__name__} at {place(error)}"
            raise BrokenPlugin(f"{path} cannot be imported: {what}") from error
        declaration: object = getattr(module, attribute, None)
        if not isinstance(declaration, self.of):
            raise BrokenPlugin(
                f"{path} lacks its declaration: "
                f"add `{attribute} = {self.of.__name__}(…)` at module level"
            )
        return declaration


def _distribution(point: "EntryPoint") -> str:
    return point.dist.name if point.dist else point.value
