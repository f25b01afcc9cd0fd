"""Looks for garbage seldom, and never among what lives as long as the tests do.

Thousands of collected tests are a heap that Python otherwise walks through thousands of times:
half the processor time of a run.
"""

import gc

#: So many new objects before a look; a service's process keeps Python's own number.
_OBJECTS = 50_000


def pytest_collection_finish() -> None:
    """Everything that is there now stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)
