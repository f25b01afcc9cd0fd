"""Plug-ins are found by file name, imported on use, and explain what they lack."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparekey.kit.registry import BrokenPlugin, Registry, UnknownPlugin


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `shelf_of_plugins` with one good plug-in, a folder, and its own business."""
    folder = tmp_path / "shelf_of_plugins"
    (folder / "large").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "small.py").write_text('thing = "small"\n')
    (folder / "large" / "__init__.py").write_text('thing = "large"\n')
    (folder / "_shared.py").write_text("raise RuntimeError\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def things() -> Registry[str]:
    return Registry("shelf_of_plugins", "test.things", declares="thing", of=str)


def install(site: Path, name: str, entry: str, module: str) -> None:
    (site / f"{name}.py").write_text(module)
    metadata = site / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[test.things]\n{entry}\n")


def test_listing_imports_nothing(shelf: Path, things: Registry[str]) -> None:
    (shelf / "explosive.py").write_text("raise RuntimeError\n")

    assert things.names() == ("explosive", "large", "small")
    assert "shelf_of_plugins.small" not in sys.modules


def test_a_file_and_a_folder_are_plugins(shelf: Path, things: Registry[str]) -> None:
    assert things.get("small") == "small"
    assert things.all() == {"large": "large", "small": "small"}


def test_an_unknown_name_lists_those_that_exist(shelf: Path, things: Registry[str]) -> None:
    with pytest.raises(UnknownPlugin, match=r'no "medium"; there are: large, small'):
        things.get("medium")


@pytest.mark.parametrize("content", ["", "thing = 7\n"])
def test_a_plugin_without_its_declaration_is_told_what_to_add(
    shelf: Path, things: Registry[str], content: str
) -> None:
    (shelf / "empty.py").write_text(content)

    with pytest.raises(BrokenPlugin, match=r"shelf_of_plugins\.empty .* `thing = str\(…\)`"):
        things.get("empty")


def test_a_plugin_that_needs_a_missing_package_says_so(shelf: Path, things: Registry[str]) -> None:
    (shelf / "needy.py").write_text("import no_such_package_anywhere\n")

    with pytest.raises(BrokenPlugin, match="no_such_package_anywhere"):
        things.get("needy")


def test_a_plugin_that_breaks_at_import_says_in_which_line(
    shelf: Path, things: Registry[str]
) -> None:
    (shelf / "hasty.py").write_text('thing = "x"\nraise KeyError("of somebody")\n')

    with pytest.raises(BrokenPlugin, match=r"KeyError at .*hasty\.py:2$"):
        things.get("hasty")


def test_an_installed_distribution_adds_plugins(shelf: Path, things: Registry[str]) -> None:
    install(shelf.parent, "acme_things", "acme = acme_things", 'thing = "from acme"\n')
    install(shelf.parent, "globex_things", "globex = globex_things:it", 'it = "from globex"\n')

    assert things.names() == ("acme", "globex", "large", "small")
    assert things.get("acme") == "from acme"
    assert things.get("globex") == "from globex"
    assert things.plugins()[0].source == "acme_things"


def test_an_installed_plugin_cannot_take_the_place_of_ours(
    shelf: Path, things: Registry[str]
) -> None:
    install(shelf.parent, "evil_things", "small = evil_things", 'thing = "evil"\n')

    with pytest.raises(BrokenPlugin, match=r"shelf_of_plugins and evil_things both add .small."):
        things.get("small")


def test_a_folder_that_does_not_exist_is_named() -> None:
    with pytest.raises(BrokenPlugin, match=r"no_such_folder is not a package"):
        Registry("no_such_folder", "test.things", declares="thing", of=str).names()
