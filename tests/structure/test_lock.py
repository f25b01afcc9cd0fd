"""The lock file knows every dependency, by version and hash, and no server."""

import itertools
import re
import tomllib
from collections.abc import Iterator

from tests.structure.tree import ROOT


def wanted() -> Iterator[str]:
    """The names of everything pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    groups = (project["project"]["dependencies"], project["dependency-groups"]["dev"], *extras)
    for requirement in [*project["build-system"]["requires"], *itertools.chain(*groups)]:
        yield re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;! ]", requirement)[0]).lower()


def locked(text: str) -> dict[str, int]:
    """How many hashes each locked package has."""
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    return {block.partition("==")[0]: block.count("--hash=sha256:") for block in blocks if block}


def test_everything_asked_for_is_locked() -> None:
    text = (ROOT / "requirements.lock").read_text()

    assert set(wanted()) - set(locked(text)) == set()


def test_every_locked_package_has_its_hashes_and_none_its_server() -> None:
    text = (ROOT / "requirements.lock").read_text()

    assert [name for name, hashes in locked(text).items() if not hashes] == []
    assert "://" not in text


def test_a_package_without_a_hash_is_seen() -> None:
    assert locked("a==1 \\\n    --hash=sha256:00\nb==2\n") == {"a": 1, "b": 0}
