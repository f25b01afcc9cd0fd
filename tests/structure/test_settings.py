"""Every setting is documented, and the reference page says what the code says."""

from sparekey import settings
from sparekey.settings.model import variables
from tests.structure.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "settings.md"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [v.name for v in variables().values() if not v.about.endswith(".")]

    assert silent == []


def test_the_reference_page_is_the_one_the_code_writes() -> None:
    assert PAGE.read_text() == settings.document()
