"""The floors, read from the one place that lists them: the import contract in pyproject.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache

from tests.structure.tree import ROOT


@dataclass(frozen=True, slots=True)
class Floors:
    """Which package stands how high; the lowest floor is 0."""

    heights: dict[str, int]

    def may_use(self, user: str, used: str) -> bool:
        """True when `used` is the same package or stands on a lower floor."""
        return user == used or self.heights[used] < self.heights[user]


@cache
def floors() -> Floors:
    """The floors of the layers contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    return Floors(
        {
            name.strip(" ()"): height
            for height, layer in enumerate(reversed(layers))
            for name in layer.split("|")
        }
    )
