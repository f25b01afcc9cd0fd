"""The documents hold together: links lead somewhere, decisions name the test that holds them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.tree import ROOT

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_TEST = re.compile(r"`(tests/[\w/.]+)`")
_HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Held by"]
README_LINES = 150


def dead_links(page: Path) -> Iterator[str]:
    """Relative links of a page that lead nowhere."""
    for target in _LINK.findall(page.read_text()):
        if not (page.parent / target).exists():
            yield f"{page.name}: {target}"


def loose_decisions(page: Path) -> Iterator[str]:
    """What a decision lacks: a heading, a named test, or the test it names."""
    text = page.read_text()
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != _HEADINGS:
        yield f"{page.name}: its headings are not {_HEADINGS}"
    named = _TEST.findall(text.partition("## Held by")[2])
    if not named:
        yield f"{page.name}: names no test"
    yield from (f"{page.name}: {test} does not exist" for test in named if not _exists(test))


def _exists(test: str) -> bool:
    path = ROOT / test
    return path.is_file() or any(path.rglob("test_*.py"))


def _pages() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_link_leads_somewhere() -> None:
    assert [line for page in _pages() for line in dead_links(page)] == []


def test_every_decision_names_the_test_that_holds_it() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))

    assert [line for page in decisions for line in loose_decisions(page)] == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "decisions").glob("0*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= README_LINES


def test_a_dead_link_and_a_loose_decision_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "0001-x.md"
    page.write_text("# 1. X\n\n[y](y.md)\n\n## Held by\n\n`tests/nowhere`\n")

    assert list(dead_links(page)) == ["0001-x.md: y.md"]
    assert list(loose_decisions(page))[-1] == "0001-x.md: tests/nowhere does not exist"
