"""Flows that are drawn already: documents to start from, each with a try that shows it."""

from importlib.resources import files

import msgspec

from sparekey.flows.model import Document
from sparekey.flows.script import Script

_HERE = files(__package__ or "")


def names() -> list[str]:
    """What there is."""
    return sorted(
        one.name.removesuffix(".json") for one in _HERE.iterdir() if one.name.endswith(".json")
    )


def document(name: str) -> Document:
    """A ready-made flow; FileNotFoundError when there is none of this name."""
    return msgspec.json.decode((_HERE / f"{name}.json").read_bytes(), type=Document)


def script(name: str) -> Script:
    """The try that shows it."""
    return msgspec.json.decode((_HERE / "tries" / f"{name}.json").read_bytes(), type=Script)
