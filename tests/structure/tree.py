"""The source tree as the structure tests see it: modules, and what each one imports."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
ROOTS = frozenset({"app", "worker", "cli", "loops", "watching", "opening", "demo"})
DOORS = frozenset({"api", "pages", "console", "jobs", "commands"})


@dataclass(frozen=True, slots=True)
class Module:
    """One module of `sparekey`, parsed."""

    name: str
    code: ast.Module
    text: str
    is_folder: bool = True

    @classmethod
    def of(cls, name: str, text: str, *, is_folder: bool = True) -> Self:
        """A module made from text, for the examples that show that a rule can fail."""
        return cls(name, ast.parse(text), text, is_folder)

    @property
    def package(self) -> str:
        """`verification` for `sparekey.verification.store`; a root's own name for a root."""
        return package_of(self.name)

    @property
    def room(self) -> str:
        """The part below the package: `store`, `service`, `api`; empty for the front door."""
        return room_of(self.name)


@dataclass(frozen=True, slots=True)
class Import:
    """One name brought into a module: `module` it was taken from and `name` taken, if any."""

    line: int
    module: str
    name: str | None = None


def modules() -> list[Module]:
    """Every module under src/."""
    return [_read(path) for path in sorted(SOURCE.rglob("*.py"))]


def imports(module: Module) -> Iterator[Import]:
    """Every import in a module, also those inside functions."""
    for node in ast.walk(module.code):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (Import(node.lineno, node.module, alias.name) for alias in node.names)


def own_imports(module: Module, everything: Iterable[Module]) -> Iterator[Import]:
    """The imports of `sparekey` modules, `from package import submodule` resolved."""
    known = {other.name for other in everything}
    for item in imports(module):
        if item.module.partition(".")[0] != "sparekey":
            continue
        deeper = f"{item.module}.{item.name}"
        yield Import(item.line, deeper) if deeper in known else item


def exported(package: Module) -> frozenset[str]:
    """The names in a front door's `__all__`."""
    for node in package.code.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                return frozenset(str(n.value) for n in names if isinstance(n, ast.Constant))
            case _:
                pass
    return frozenset()


def package_of(name: str) -> str:
    """The feature package (or root) that a dotted name lies in; empty for `sparekey` itself."""
    return name.split(".")[1] if "." in name else ""


def room_of(name: str) -> str:
    """The first part below the package, or the empty string."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else ""


@cache
def _read(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module.of(name, path.read_text(), is_folder=parts[-1] == "__init__")
