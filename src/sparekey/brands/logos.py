"""A logo from outside, made harmless: an SVG is built anew from an allow-list, a PNG keeps only
what draws it.

Nothing of the original is passed on as text, so what is not understood cannot survive.
"""

import gzip
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from sparekey.brands.model import Logo
from sparekey.kit.problem import Problem

MAX_BYTES = 256 * 1024
#: What the logo may weigh on its way to an old phone, compressed.
MAX_SENT_BYTES = 12 * 1024
_MAX_SIDE = 1024

_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"])
_ELEMENTS = _SHAPES | frozenset(
    [
        "svg",
        "g",
        "defs",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "title",
        "desc",
        "tspan",
    ]
)
_WORDED = frozenset({"title", "desc", "text", "tspan"})
_ATTRIBUTES = frozenset(
    [
        "viewBox",
        "width",
        "height",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "dx",
        "dy",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "d",
        "points",
        "transform",
        "offset",
        "id",
        "preserveAspectRatio",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clipPathUnits",
        "maskUnits",
        "maskContentUnits",
        "fill",
        "fill-opacity",
        "fill-rule",
        "clip-rule",
        "clip-path",
        "mask",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-dashoffset",
        "opacity",
        "stop-color",
        "stop-opacity",
        "color",
        "display",
        "visibility",
        "font-size",
        "font-family",
        "font-weight",
        "font-style",
        "text-anchor",
        "letter-spacing",
    ]
)
#: A reference to a part of the same picture, the only one there may be.
_LOCAL = re.compile(r"url\(\s*(['\"]?)#[\w.-]+\1\s*\)")
_PLAIN = re.compile(r"[\w\s#%.,+()'\"-]*")
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")

_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWN = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def read_logo(raw: bytes) -> Logo:
    """The harmless form of an SVG or PNG file; Problem 422 says what is wrong with it."""
    if len(raw) > MAX_BYTES:
        raise _unusable("is larger than 256 KiB")
    if raw.startswith(_PNG):
        media_type, content = "image/png", _drawn(raw)
    else:
        media_type, content = "image/svg+xml", _rebuilt(raw)
    if len(gzip.compress(content)) > MAX_SENT_BYTES:
        raise _unusable("weighs more than 12 KiB compressed; simplify it")
    return Logo(hashlib.sha256(content).hexdigest()[:16], media_type, content)


# --- SVG -------------------------------------------------------------------------------------


def _rebuilt(raw: bytes) -> bytes:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unusable("is neither a PNG nor an SVG in UTF-8") from None
    if _DECLARATION.search(text):  # entities are declared there, and nothing that a logo needs
        text = _without_doctype(text)
    try:
        found = ElementTree.fromstring(text.encode())  # noqa: S314  # nothing is declared in it
    except (ElementTree.ParseError, ValueError):
        raise _unusable("is neither a PNG nor a well-formed SVG") from None
    root = _clean(found)
    if root is None or root.tag != "svg":
        raise _unusable("is not an SVG")
    if "viewBox" not in root.attrib and not {"width", "height"} <= root.attrib.keys():
        raise _unusable("has no viewBox, so nobody knows its size")
    if not any(element.tag in _SHAPES for element in root.iter()):
        raise _unusable("has nothing left to show once scripts, styles and pictures are taken out")
    root.set("xmlns", _SVG)
    return ElementTree.tostring(root)


def _without_doctype(text: str) -> str:
    """Drawing programs write the SVG document type; any other declaration is refused."""
    plain = re.sub(
        r"<!DOCTYPE\s+svg(\s+PUBLIC\s+\"[^\"<>]*\"\s+\"[^\"<>]*\")?\s*>", "", text, count=1
    )
    if _DECLARATION.search(plain):
        raise _unusable("declares entities; export it as plain SVG")
    return plain


def _clean(found: ElementTree.Element) -> ElementTree.Element | None:
    """The element with what is known of it; None when it is not known."""
    name = found.tag.removeprefix(f"{{{_SVG}}}") if isinstance(found.tag, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]  # comments have a function here
    if name not in _ELEMENTS or name == found.tag:
        return None
    made = ElementTree.Element(name, dict(_attributes(found)))
    if name in _WORDED:
        made.text = found.text
    for child in found:
        if (kept := _clean(child)) is not None:
            kept.tail = child.tail if name in _WORDED else None
            made.append(kept)
    return made


def _attributes(found: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Known attributes with plain values; those of a style attribute count as if written out."""
    styled = (part.partition(":") for part in found.get("style", "").split(";"))
    pairs = [*found.attrib.items(), *((name.strip(), value.strip()) for name, _, value in styled)]
    for name, value in pairs:
        if name in _ATTRIBUTES and _PLAIN.fullmatch(_LOCAL.sub("", value)) and _is_local(value):
            yield name, value


def _is_local(value: str) -> bool:
    return "url" not in _LOCAL.sub("", value).lower()


# --- PNG -------------------------------------------------------------------------------------


def _drawn(raw: bytes) -> bytes:
    """The chunks that draw the picture, each as its checksum says."""
    try:
        chunks = list(_chunks(raw))
        width, height = struct.unpack(">II", chunks[0][1][:8])
    except (struct.error, IndexError):
        raise _unusable("is a broken PNG") from None
    kinds = [kind for kind, _ in chunks]
    if kinds[0] != b"IHDR" or b"IDAT" not in kinds or kinds[-1] != b"IEND":
        raise _unusable("is a broken PNG")
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise _unusable("is wider or higher than 1024 pixels")
    return _PNG + b"".join(_chunk(kind, content) for kind, content in chunks if kind in _DRAWN)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", raw[at : at + 8])
        content = raw[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", raw[at + 8 + length : at + 12 + length])
        if checksum != zlib.crc32(kind + content):
            raise _unusable("is a broken PNG")
        yield kind, content
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", checksum)


def _unusable(why: str) -> Problem:
    return Problem("brand.unusable", 422, f"logo {why}.", extra={"field": "logo"})
