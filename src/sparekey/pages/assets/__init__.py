"""Files that pages load, under addresses that name their content: kept for ever, and compressed."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from sparekey.pages.theme import theme

_folders = [Path(__file__).parent]
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_THEME = re.compile(r"theme-([0-9a-f]{6})\.css")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    name: str
    media_type: str
    content: bytes
    compressed: bytes
    digest: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "Asset":
        """The asset of a file's content."""
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(name, _TYPES[Path(name).suffix], content, packed(content), digest)

    @property
    def address(self) -> str:
        """Where it is: another content is another address."""
        return f"/assets/{self.digest}/{self.name}"


def add_files(folder: Path) -> None:
    """Serve what lies in the folder of a package that has a look of its own, too."""
    _folders.append(folder)
    _files.cache_clear()


def address_of(name: str) -> str:
    """Where the asset of a name is; LookupError when there is none."""
    found = find(name)
    if found is None:
        raise LookupError(f"there is no asset {name}")
    return found.address


def find(name: str) -> Asset | None:
    """The asset of a name; None when there is none."""
    if found := _files().get(name):
        return found
    colour = _THEME.fullmatch(name)
    return theme_of(f"#{colour[1]}") if colour else None


@lru_cache(maxsize=256)
def theme_of(colour: str) -> Asset:
    """The stylesheet of a brand's colour."""
    return Asset.of(f"theme-{colour[1:]}.css", theme(colour).css.encode())


@cache
def _files() -> dict[str, Asset]:
    paths = [path for folder in _folders for path in folder.iterdir() if path.suffix in _TYPES]
    return {path.name: Asset.of(path.name, path.read_bytes()) for path in paths}


@lru_cache(maxsize=64)
def packed(content: bytes) -> bytes:
    """The content, compressed once."""
    return gzip.compress(content, 9, mtime=0)
