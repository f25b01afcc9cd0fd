"""The SQL of the packages, read as text: which names it makes and which it uses.

Names inside the bodies of functions count; what stands in quotes or comments does not.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.structure.floors import Floors
from tests.structure.tree import ROOT, SOURCE, Module, modules

_SILENT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_MADE = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+|UNLOGGED\s+)*"
    r"(TABLE|FUNCTION|PROCEDURE|TYPE|DOMAIN|SEQUENCE|VIEW|MATERIALIZED\s+VIEW)\s+"
    r"(?:IF\s+NOT\s+EXISTS\s+)?([a-z_][\w.]*)"
)
_QUALIFIED = re.compile(r"(?<![\w.])([a-z_]+)\.[a-z_*]")
_RELATION = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|REFERENCES|TABLE|TRUNCATE|USING)\s+(?:ONLY\s+)?([a-z_]\w*)\b"
    r"(?!\s*[.(])"
)
_CALL = re.compile(r"(?<![\w.])(?<!\bAS )([a-z_]\w*)\s*\(")
_CTE = re.compile(r"\b([a-z_]\w*)\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(")


@dataclass(frozen=True, slots=True)
class Sql:
    """One piece of SQL of a package, without its comments and quoted strings."""

    package: str
    place: str
    text: str

    @property
    def made(self) -> list[tuple[str, str]]:
        """(kind, name) of everything that is created."""
        return _MADE.findall(self.text)


def sql(package: str, place: str, text: str) -> Sql:
    """A piece of SQL, stripped of what PostgreSQL would not read as names."""
    return Sql(package, place, _SILENT.sub(" ", text))


def everything() -> list[Sql]:
    """Every migration, every function file and every `statement(…)` literal."""
    return [*_files(), *_statements()]


def statements_of(module: Module) -> Iterator[Sql]:
    """The text of each `statement(…)` of a module; ValueError when it cannot be read there."""
    for node in ast.walk(module.code):
        match node:
            case ast.Call(func=ast.Name(id="statement") | ast.Attribute(attr="statement")):
                place = f"{module.name}:{node.lineno}"
                yield sql(module.package, place, _text(node.args[0], module))
            case _:
                pass


def crossings(pieces: Iterable[Sql], floors: Floors) -> Iterator[str]:
    """Uses of a schema that stands on a higher floor or beside the user's own."""
    for piece in pieces:
        for used in sorted(set(_QUALIFIED.findall(piece.text)) & set(floors.heights)):
            if not floors.may_use(piece.package, used):
                yield f"{piece.place}: {piece.package} uses the schema {used}"


def strays(pieces: Iterable[Sql]) -> Iterator[str]:
    """Names created outside the package's own schema."""
    for piece in pieces:
        for kind, name in piece.made:
            if not name.startswith(f"{piece.package}."):
                yield f"{piece.place}: {kind} {name} is not in the schema {piece.package}"


def bare_names(pieces: Iterable[Sql]) -> Iterator[str]:
    """Relations and functions of ours that are used without their schema."""
    pieces = list(pieces)
    made = [item for piece in pieces for item in piece.made]
    routines = {_bare(name) for kind, name in made if kind in {"FUNCTION", "PROCEDURE"}}
    relations = {_bare(name) for kind, name in made if kind not in {"FUNCTION", "PROCEDURE"}}
    for piece in pieces:
        used = relations & set(_RELATION.findall(piece.text)) - set(_CTE.findall(piece.text))
        called = routines & set(_CALL.findall(piece.text))
        for name in sorted(used | called):
            yield f"{piece.place}: {name} is used without its schema"


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _text(node: ast.expr, module: Module) -> str:
    """A string as it is written: itself, a constant of the module, or several joined by +."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, module) + _text(right, module)
        case ast.Name(id=name):
            for line in module.code.body:
                match line:
                    case ast.AnnAssign(target=ast.Name(id=given), value=ast.expr() as value):
                        if given == name:
                            return _text(value, module)
                    case _:
                        pass
        case _:
            pass
    raise ValueError(f"{module.name}:{node.lineno}: this statement cannot be read where it stands")


def _files() -> Iterator[Sql]:
    for path in sorted((SOURCE / "sparekey").rglob("*.sql")):
        package = path.relative_to(SOURCE / "sparekey").parts[0]
        yield sql(package, str(path.relative_to(ROOT)), path.read_text())


def _statements() -> Iterator[Sql]:
    for module in modules():
        yield from statements_of(module)
