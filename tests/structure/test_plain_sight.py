"""Sizes, docstrings, honest loops and finished work: what a reader can count on in every file."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, Module, modules

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_ROOT_LINES = 120
#: Purely tabular files, which may be longer.
TABLES: frozenset[str] = frozenset()
#: The loops that own a unit of work: they answer for whatever it raises and go on.
LOOPS = frozenset(
    {
        "sparekey.gateways.service.wires:Wires.keep_listening",
        "sparekey.gateways.service.wires:Wires.look_after",  # one gateway, named in the log
        "sparekey.jobs.loop:ClaimLoop._claim",
        "sparekey.jobs.loop:ClaimLoop._work",
        "sparekey.jobs.loop:ClaimLoop._safely",
        "sparekey.jobs.settling:Settling._settle",
        "sparekey.inbox.polling:Poller._take",  # one mail is flagged, and the others come
        "sparekey.inbox.polling:_look_if_there",  # said in the log; the worker lives on
        "sparekey.opening.connecting:keep_measuring",
        "sparekey.opening.connecting:patiently",
        "sparekey.kit.grouping:Grouped._write_groups",  # hands it to everybody in the group
        "sparekey.http.hot:HotRoutes._answered",  # a problem, as the framework answers it
    }
)
FOLDERS = ("src", "tests", "benchmarks", "scripts", "docs")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")


def long_files(paths: Sequence[Path]) -> Iterator[str]:
    """Source files of more than 400 lines."""
    for path in paths:
        lines = len(path.read_text().splitlines())
        if lines > MAX_FILE_LINES and _shown(path) not in TABLES:
            yield f"{_shown(path)} has {lines} lines"


def long_functions(module: Module) -> Iterator[str]:
    """Functions of more than 40 lines, their docstring included."""
    for node in ast.walk(module.code):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{module.name}:{node.lineno} {node.name} has {lines} lines"


def broad_catches(module: Module) -> Iterator[str]:
    """`except Exception` and broader that goes on afterwards, outside the named loops."""
    for function, node in _handlers(module.code, ""):
        broad = node.type is None or any(
            isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}
            for name in ast.walk(node.type)
        )
        goes_on = not isinstance(node.body[-1], ast.Raise)
        if broad and goes_on and f"{module.name}:{function}" not in LOOPS:
            yield f"{module.name}:{node.lineno} {function} catches everything"


def _handlers(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.ExceptHandler]]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        name = f"{inside}.{child.name}".lstrip(".") if named else inside
        if isinstance(child, ast.ExceptHandler):
            yield inside, child
        yield from _handlers(child, name)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def _files(*patterns: str) -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for pattern in patterns
        for path in sorted((ROOT / folder).rglob(pattern))
        if "__pycache__" not in path.parts
    ]


def _module(path: Path) -> Module:
    return Module.of(_shown(path), path.read_text())


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert list(long_files(_files("*.py", "*.sql"))) == []


def test_a_composition_root_fits_on_two_screens() -> None:
    roots = [_module(path) for path in (ROOT / "src" / "sparekey").glob("*.py")]
    lengths = {module.name: len(module.text.splitlines()) for module in roots}

    assert {name: lines for name, lines in lengths.items() if lines > MAX_ROOT_LINES} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    found = [line for path in _files("*.py") for line in long_functions(_module(path))]

    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        _shown(path)
        for path in _files("*.py")
        if path.read_text().strip() and not ast.get_docstring(_module(path).code)
    ]

    assert silent == []


def test_nothing_but_the_named_loops_catches_everything() -> None:
    assert [line for module in modules() for line in broad_catches(module)] == []


def test_every_named_loop_still_exists() -> None:
    there = {
        f"{module.name}:{function}"
        for module in modules()
        for function, _ in _handlers(module.code, "")
    }

    assert there >= LOOPS


def test_nothing_is_left_to_do_in_the_source() -> None:
    unfinished = [
        f"{_shown(path)}: {line.strip()}"
        for path in _files("*.py", "*.sql", "*.md", "*.html", "*.liquid", "*.mjml", "*.yaml")
        for line in path.read_text().splitlines()
        if UNFINISHED.search(line)
    ]

    assert unfinished == []


def test_a_catch_that_raises_again_is_allowed() -> None:
    text = "try:\n    g()\nexcept BaseException:\n    close()\n    raise\n"

    assert not list(broad_catches(Module.of("tidy", text)))


def test_a_long_file_and_a_long_function_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("x = 1\n" * 401)
    function = Module.of("long", "def f():\n" + "    x = 1\n" * 40)

    assert list(long_files([file]))
    assert list(long_functions(function))


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException", " (OSError, Exception)"])
def test_a_broad_catch_is_seen(caught: str) -> None:
    text = f"def f():\n    try:\n        g()\n    except{caught}:\n        pass\n"

    assert list(broad_catches(Module.of("broad", text)))
