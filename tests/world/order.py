"""What takes long comes first: at the end no test process is left alone with it.

Files are handed to processes whole and in this order (`--no-loadscope-reorder`); by itself
xdist begins with the files of many tests, which are the quick ones.
"""

import pytest

_LONG = ("tests/faults/", "tests/demo/", "tests/journeys/", "tests/db/embedded/", "tests/pages/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them first, otherwise in the order of the folders."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
